// The list of files: searched, ordered and paged by the server, so that no more than a page is ever here.
import { byId, bytes, call, dateTime, el, fromNow, toast } from './base.js';
import { count } from './figures.js';
import { openFile } from './filedialog.js';
import { isGoing, remove, startRemovals } from './removals.js';

const PAGE = 25;
const TYPING_PAUSE = 250;
const CHANGES_PAUSE = 1500;
const STATES = { initialized: ['Just begun', ''], uploading: ['Uploading', 'warn'], pending_assembly: ['Being verified', 'warn'], completed: ['Complete', null], expired: ['Expired', 'bad'] };

const asked = { search: '', status: '', sort: 'created', order: 'desc' };
/** The last file_id of each page before the one that is shown. */
let before = [];
let total = 0;
let shown = [];
let hasNext = false;
let loading = null;
let typing = null;
let changing = null;

/** Sets the list up and asks for its first page. */
export function startFiles() {
  byId('files-form').addEventListener('submit', event => { event.preventDefault(); search(); });
  byId('search').addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(search, TYPING_PAUSE);
  });
  byId('status').addEventListener('change', event => begin({ status: event.target.value }));
  byId('sort').addEventListener('change', event => {
    const [sort, order] = event.target.value.split(' ');
    begin({ sort, order });
  });
  document.querySelectorAll('[data-sort]').forEach(head => head.querySelector('button').addEventListener('click', () => sortBy(head.dataset.sort)));
  byId('next').addEventListener('click', () => turn([...before, shown.at(-1).file_id]));
  byId('previous').addEventListener('click', () => turn(before.slice(0, -1)));
  setInterval(showAges, 30000);
  startRemovals(() => { show(); refreshFiles(); });
  begin({});
}

/** Asks for the page that is shown once more, soon; many changes at once are one. */
export function refreshFiles() {
  if (changing === null) {
    changing = setTimeout(() => {
      changing = null;
      load();
    }, CHANGES_PAUSE);
  }
}

function search() {
  clearTimeout(typing);
  const text = byId('search').value.trim();
  if (text !== asked.search) {
    begin({ search: text });
  }
}

function sortBy(sort) {
  const natural = sort === 'name' ? 'asc' : 'desc';
  const order = asked.sort !== sort ? natural : asked.order === 'asc' ? 'desc' : 'asc';
  begin({ sort, order });
}

function begin(changes) {
  Object.assign(asked, changes);
  before = [];
  showOrder();
  load();
}

async function turn(to) {
  before = to;
  await load();
  byId('files-title').scrollIntoView({ block: 'start', behavior: 'smooth' });
}

function showOrder() {
  for (const head of document.querySelectorAll('[data-sort]')) {
    const is = head.dataset.sort === asked.sort;
    head.setAttribute('aria-sort', is ? (asked.order === 'asc' ? 'ascending' : 'descending') : 'none');
  }
  const both = `${asked.sort} ${asked.order}`;
  byId('sort').value = [...byId('sort').options].some(option => option.value === both) ? both : '';
}

/** Whatever was asked before is not waited for any more: only the answer to the last question is shown. */
async function load() {
  loading?.abort();
  const mine = new AbortController();
  loading = mine;
  const table = byId('files').closest('table');
  table.setAttribute('aria-busy', 'true');
  const query = new URLSearchParams({ limit: PAGE, count: true, sort: asked.sort, order: asked.order });
  ['search', 'status'].filter(name => asked[name]).forEach(name => query.set(name, asked[name]));
  if (before.length > 0) {
    query.set('after', before.at(-1));
  }
  try {
    const response = await call(`files?${query}`, { signal: mine.signal, raw: true });
    shown = await response.json();
    total = Number(response.headers.get('X-Total-Count'));
    hasNext = (response.headers.get('Link') || '').includes('rel="next"');
    show();
  } catch (problem) {
    failed(problem, mine);
  } finally {
    if (loading === mine) {
      table.setAttribute('aria-busy', 'false');
    }
  }
}

function failed(problem, mine) {
  if (problem.name === 'AbortError' || loading !== mine) {
    return;
  }
  if (problem.code === 'invalid_value' && before.length > 0) {
    // The file that this page followed is gone: it follows another one now.
    turn(before.slice(0, -1));
  } else {
    byId('files-count').textContent = problem.message;
  }
}

function show() {
  const files = shown.filter(file => !isGoing(file.file_id));
  const focused = document.activeElement?.closest('#files tr')?.dataset.id;
  const part = document.activeElement?.dataset.part;
  byId('files').replaceChildren(...files.map(row));
  if (focused) {
    document.querySelector(`#files tr[data-id="${focused}"] [data-part="${part}"]`)?.focus();
  }
  const going = shown.length - files.length;
  byId('files-count').textContent = `${count(total - going)} ${total - going === 1 ? 'file or upload' : 'files and uploads'}${asked.search ? ' found' : ''}`;
  byId('no-files').hidden = files.length > 0;
  byId('no-files').textContent = files.length > 0 ? '' : asked.search || asked.status ? 'Nothing like this is here.' : 'Nothing has been sent yet.';
  const first = before.length * PAGE;
  byId('pager').hidden = before.length === 0 && !hasNext;
  byId('page').textContent = files.length === 0 ? '' : `${count(first + 1)} to ${count(first + shown.length)} of ${count(total)}`;
  byId('previous').disabled = before.length === 0;
  byId('next').disabled = !hasNext;
}

function row(file) {
  const [state, look] = STATES[file.status];
  const again = () => refreshFiles();
  return el('tr', { data: { id: file.file_id } },
    el('td.name', { data: { label: 'Name' } }, el('button.link', { type: 'button', title: file.filename, data: { part: 'name' }, onclick: () => openFile(file, again, deleteFile) }, file.filename)),
    el('td.number.nums', { data: { label: 'Size' } }, file.file_size === null ? 'unknown' : bytes(file.file_size)),
    el('td.nums', { data: { label: 'Created' } }, time(file.created_at)),
    el('td.nums', { data: { label: 'Changed' } }, time(file.updated_at)),
    el('td', { data: { label: 'State' } }, el(look === null ? 'span.muted' : look ? `span.badge.${look}` : 'span.badge', {}, state)),
    el('td.actions', {}, el('button.small.quiet.delete', { type: 'button', aria: { label: `Delete ${file.filename}` }, data: { part: 'delete' }, onclick: () => deleteFile(file) }, 'Delete')));
}

function showAges() {
  byId('files').querySelectorAll('time').forEach(place => { place.textContent = fromNow(place.dateTime); });
}

function time(at) {
  return el('time', { dateTime: at, title: dateTime(at) }, fromNow(at));
}

async function deleteFile(file) {
  try {
    await remove(file);
  } catch (problem) {
    toast(problem.message);
  }
}
