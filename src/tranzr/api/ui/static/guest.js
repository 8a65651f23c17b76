// The page of an upload request: somebody without a token sends files to whoever made the link.
import { ROOT, byId, bytes, call, dateTime, el, frame, fromNow, toast } from './base.js';
import { stayAwake } from './awake.js';
import { fromDrop, fromInput, fromPaste } from './collect.js';
import { Digests } from './digests.js';
import { Sha256 } from './hash.js';
import { hold, keptParcels } from './memory.js';
import { Parcel, Phase } from './parcel.js';
import { ParcelView, nameOf } from './parcel-view.js';
import { Queue, totals } from './queue.js';
import { Found, recognise } from './recognise.js';
import { Rows, percent } from './rows.js';
import { Slots } from './slots.js';
import { State } from './upload.js';
import { Wire } from './wire.js';

const PARALLEL = 4;
/** How often what is shown is made new: milliseconds. */
const SHOW = 250;
/** No upload has this id: whoever asks for it learns only whether the password is right. */
const NO_UPLOAD = '00000000-0000-4000-8000-000000000000';
/** How many refused names are told one by one. */
const MOST_REFUSED = 3;
/** No link is made for what guests send, so nothing is to be chosen for it. */
const NO_TERMS = { minutes: null, downloads: null, password: 'none' };
const BEFORE = document.title;

const LINK = location.pathname.split('/').at(-1);
const queue = new Queue();
const views = new Map();
let page;
let terms;
let draft = null;
let draftRows = null;
let timer = 0;
const news = new Map();

/** Sends by the link, and makes none. */
class GuestWire extends Wire {
  /** @param {string} password empty for none */
  constructor(password) {
    const fields = { Authorization: `Bearer ${LINK}` };
    if (password) {
      // A header field takes bytes; these are of UTF-8.
      fields['X-Share-Password'] = String.fromCharCode(...new TextEncoder().encode(password.normalize('NFC')));
    }
    super(async () => fields);
  }

  async share() {
    return {};
  }

  async has() {
    return false;
  }
}

// --- what is asked for ---------------------------------------------------------------------------

/** What keeps a file from being sent, in words; null when nothing does. @param {{name: string, size: number}} file @param {object} limits as GET /r/{link} tells them */
export function refusal(file, limits) {
  const name = file.name.toLowerCase();
  if (limits.types.length > 0 && !limits.types.some(type => name.endsWith(`.${type}`))) {
    return `“${file.name}” is not one of the types that are asked for.`;
  }
  if (limits.max_file_size !== null && file.size > limits.max_file_size) {
    return `“${file.name}” is larger than ${bytes(limits.max_file_size)}.`;
  }
  return null;
}

function showTerms() {
  const facts = [];
  const fact = (name, value) => value !== null && facts.push(el('dt', {}, name), el('dd', {}, value));
  fact('Until', terms.expires_at && `${dateTime(terms.expires_at)} (${fromNow(terms.expires_at)})`);
  fact('Types', terms.types.length > 0 ? terms.types.map(type => `.${type}`).join(', ') : null);
  fact('Each file', terms.max_file_size === null ? null : `at most ${bytes(terms.max_file_size)}`);
  fact('Still welcome', welcome());
  byId('facts').replaceChildren(...facts);
  byId('terms').hidden = facts.length === 0;
}

function welcome() {
  const parts = [terms.files_left === null ? null : `${terms.files_left} file${terms.files_left === 1 ? '' : 's'}`, terms.bytes_left === null ? null : bytes(terms.bytes_left)];
  return parts.some(part => part !== null) ? parts.filter(part => part !== null).join(', ') : null;
}

function isFull() {
  return terms.files_left === 0 || terms.bytes_left === 0;
}

function over(text) {
  byId('problem').textContent = text;
  byId('problem').hidden = false;
  byId('guard').hidden = true;
  byId('drop').hidden = true;
}

// --- the password --------------------------------------------------------------------------------

const PASSWORD_WORDS = { wrong_password: 'This password is wrong.', password_required: 'This password is wrong.' };

async function unlock(event) {
  event.preventDefault();
  const button = byId('open');
  const said = byId('password-problem');
  button.disabled = true;
  said.textContent = '';
  try {
    await start(byId('password').value);
  } catch (problem) {
    said.textContent = PASSWORD_WORDS[problem.code] || (problem.retryAfter ? `Too many attempts. Try again in ${problem.retryAfter} s.` : problem.message);
    byId('password').setAttribute('aria-invalid', 'true');
    byId('password').select();
  } finally {
    button.disabled = false;
  }
}

/** Asks whether the password is right, without sending anything. @throws {Problem} when it is not */
async function check(wire) {
  if (await wire.status(NO_UPLOAD) !== null) {
    throw new Error('An upload has an id that none can have.');
  }
}

// --- what is shown -------------------------------------------------------------------------------

function changed(parcel, upload) {
  const of = news.has(parcel) ? news.get(parcel) : new Set();
  news.set(parcel, upload && of ? of.add(upload) : null);
  timer ||= setTimeout(show, SHOW);
}

function show() {
  timer = 0;
  const waiting = [...news];
  news.clear();
  waiting.forEach(([parcel, uploads]) => parcel === draft ? showDraft() : showParcel(parcel, uploads));
  byId('drop').classList.toggle('compact', draft !== null || views.size > 0);
  const sending = [...views.keys()].filter(parcel => parcel.phase === Phase.SENDING);
  const uploads = sending.flatMap(parcel => parcel.uploads);
  const going = uploads.some(upload => upload.isRunning || upload.state === State.WAITING);
  stayAwake(going);
  const found = totals(uploads, performance.now());
  document.title = uploads.length > 0 ? `${percent(found.done, found.size || 1)} % · ${BEFORE}` : BEFORE;
  if (going) {
    sending.forEach(parcel => parcel.uploads.filter(upload => upload.isRunning).forEach(upload => changed(parcel, upload)));
  }
}

function showParcel(parcel, uploads) {
  let view = views.get(parcel);
  if (parcel.phase === Phase.GONE) {
    view?.element.remove();
    views.delete(parcel);
    return;
  }
  if (!view) {
    view = new ParcelView(parcel, { again: getAgain, result: receipt, without: 'Leave the failed out', giveUp: 'What has arrived whole stays.' });
    views.set(parcel, view);
    byId('parcels').prepend(view.element);
  }
  view.show(uploads);
}

/** What a guest gets when everything has arrived. */
function receipt(parcel) {
  const sent = parcel.uploads.filter(upload => upload.state === State.DONE);
  const more = el('button', { type: 'button', onclick: () => byId('pick').focus() }, 'Send more');
  const text = `${nameOf(sent)} arrived and ${sent.length === 1 ? 'is' : 'are'} verified.`;
  byId('said').textContent = text;
  refresh();
  return [el('div.stack', {}, el('h2', {}, 'Thank you'), el('p', {}, text)),
    el('details', {}, el('summary.small', {}, 'SHA-256'), el('dl.facts.sums', {}, ...sent.slice(0, 1000).flatMap(upload => [el('dt', {}, upload.name), el('dd.mono', {}, upload.result.sha256)]))),
    el('div.row', {}, more)];
}

/** How much is still welcome. */
async function refresh() {
  terms = await call(`r/${LINK}`, { anonymous: true }).catch(() => terms); // told by the next upload
  showTerms();
  byId('drop').hidden = isFull();
}

function showDraft() {
  const { uploads } = draft;
  byId('draft').hidden = uploads.length === 0;
  byId('draft-size').textContent = `${uploads.length} file${uploads.length === 1 ? '' : 's'}, ${bytes(uploads.reduce((sum, upload) => sum + upload.size, 0))}`;
  draftRows.all(true);
  if (uploads.length === 0) {
    endDraft();
  }
}

function endDraft() {
  draft = null;
  draftRows = null;
  byId('draft').hidden = true;
  byId('draft-list').replaceChildren();
}

// --- what is given -------------------------------------------------------------------------------

async function take(items) {
  const unfinished = [...views.keys()].filter(parcel => parcel.absent.length > 0);
  const fresh = [];
  const refused = [];
  for (const given of items) {
    const { found, parcel, earlier } = await recognise(given.file, given.name, unfinished, page.digests);
    const why = refusal({ name: given.name, size: given.file.size }, terms);
    if (found === Found.SAME) {
      await parcel.give(earlier, given.file, false);
    } else if (why) {
      refused.push(why);
    } else {
      fresh.push(given);
    }
  }
  refused.slice(0, MOST_REFUSED).forEach(why => toast(why, undefined, 10000));
  if (refused.length > MOST_REFUSED) {
    toast(`And ${refused.length - MOST_REFUSED} more that are not asked for.`, undefined, 10000);
  }
  if (fresh.length > 0) {
    addToDraft(fresh);
  }
}

function addToDraft(items) {
  if (!draft) {
    draft = new Parcel(page);
    const of = draft;
    draftRows = new Rows(draft, { pause: () => {}, resume: () => {}, cancel: upload => of.cancel(upload) });
    byId('draft-list').replaceChildren(draftRows.element);
  }
  draft.add(items);
  show();
  byId('send').focus();
}

async function send(event) {
  event.preventDefault();
  const parcel = draft;
  if (!parcel) {
    return;
  }
  const size = parcel.uploads.reduce((sum, upload) => sum + upload.size, 0);
  if (terms.files_left !== null && parcel.uploads.length > terms.files_left || terms.bytes_left !== null && size > terms.bytes_left) {
    toast(`That is more than is still welcome: ${welcome()}.`, undefined, 10000);
    return;
  }
  endDraft();
  await parcel.send(NO_TERMS, '');
  show();
  views.get(parcel)?.element.focus();
}

function getAgain(parcel) {
  if (parcel.absent.length === 0) {
    parcel.goOn();
    return;
  }
  toast(`Choose ${nameOf(parcel.absent)} again: it goes on where it was.`);
  (parcel.absent[0].name.includes('/') ? byId('folder') : byId('files')).click();
}

function guarded(work) {
  return async event => {
    try {
      await work(event);
    } catch (error) {
      toast(`This could not be read: ${error.message}`);
    }
  };
}

function listen() {
  byId('pick').addEventListener('click', () => byId('files').click());
  byId('pick-folder').addEventListener('click', () => byId('folder').click());
  for (const id of ['files', 'folder']) {
    byId(id).addEventListener('change', guarded(async event => {
      const items = fromInput(event.target.files);
      event.target.value = '';
      await take(items);
    }));
  }
  byId('draft').addEventListener('submit', guarded(send));
  byId('clear').addEventListener('click', () => {
    endDraft();
    show();
    byId('pick').focus();
  });
  document.addEventListener('dragover', event => {
    event.preventDefault();
    document.body.classList.add('dragging');
  });
  document.addEventListener('dragleave', event => document.body.classList.toggle('dragging', event.relatedTarget !== null));
  document.addEventListener('drop', guarded(async event => {
    event.preventDefault();
    document.body.classList.remove('dragging');
    await take(await fromDrop(event.dataTransfer));
  }));
  document.addEventListener('paste', guarded(async event => {
    if (!event.target.closest('input, textarea')) {
      await take(fromPaste(event.clipboardData, new Date()));
    }
  }));
  window.addEventListener('online', () => queue.uploads.forEach(upload => upload.look()));
  window.addEventListener('offline', () => queue.uploads.forEach(upload => upload.lost()));
}

// --- the beginning -------------------------------------------------------------------------------

/** What is kept of an earlier visit is told apart by the link, which itself is not kept. */
function owner() {
  return `guest ${new Sha256().update(new TextEncoder().encode(LINK)).hex()}`;
}

async function start(password) {
  const wire = new GuestWire(password);
  if (terms.protected) {
    await check(wire);
  }
  page = { wire, digests: new Digests(), slots: new Slots(PARALLEL), queue, owner: owner(), server: ROOT.href, changed };
  listen();
  for (const kept of await keptParcels(page.owner, page.server)) {
    if (await hold(kept.id)) {
      changed(new Parcel(page, kept));
    }
  }
  byId('guard').hidden = true;
  byId('drop').hidden = isFull();
  byId('pick').focus();
  show();
}

const WORDS = {
  request_closed: 'This link is over: it has expired, was revoked, or never was one. Ask whoever sent it for another.',
  not_found: 'This is no link for sending files. Ask whoever sent it for another.',
};

async function begin() {
  try {
    terms = await call(`r/${LINK}`, { anonymous: true });
  } catch (problem) {
    over(WORDS[problem.code] || problem.message);
    return;
  }
  if (terms.title) {
    byId('title').textContent = terms.title;
  }
  showTerms();
  if (isFull()) {
    over('Everything that this link takes has come already. Thank you.');
    byId('problem').className = 'notice good';
  } else if (terms.protected) {
    byId('guard').hidden = false;
    byId('guard').addEventListener('submit', unlock);
    byId('password').focus();
  } else {
    await start('');
  }
}

frame();
begin().catch(error => over(error.message));
