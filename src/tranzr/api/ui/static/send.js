// The page that sends files.
import { ROOT, address, bytes, byId, el, frame, requireSession, toast } from './base.js';
import { stayAwake } from './awake.js';
import { fileOf, fromDrop, fromInput, fromPaste, keepsHandles, pickFiles, pickFolder } from './collect.js';
import { Digests } from './digests.js';
import { hold, keptParcels } from './memory.js';
import { Options } from './options.js';
import { Parcel, Phase } from './parcel.js';
import { ParcelView, nameOf } from './parcel-view.js';
import { Verdict, verdict } from './plan.js';
import { Queue, totals } from './queue.js';
import { Found, recognise } from './recognise.js';
import { Rows, percent } from './rows.js';
import { Slots } from './slots.js';
import { State } from './upload.js';
import { Wire } from './wire.js';

/** Requests with bytes under way at a time; browsers have six connections to a server. */
const PARALLEL = 4;
/** How often what is shown is made new, and how often it is said: milliseconds. */
const SHOW = 250;
const SAY = 10000;
const TITLE = document.title;

const queue = new Queue();
const views = new Map();
const news = new Map();
let page;
let options;
let draft = null;
let draftRows = null;
let timer = 0;
let said = { at: -Infinity, text: '' };

function changed(parcel, upload) {
  if (!news.has(parcel)) {
    news.set(parcel, new Set());
  }
  const of = news.get(parcel);
  if (!upload) {
    news.set(parcel, null);
  } else if (of) {
    of.add(upload);
  }
  timer ||= setTimeout(show, SHOW);
}

function show() {
  timer = 0;
  const waiting = [...news];
  news.clear();
  for (const [parcel, uploads] of waiting) {
    if (parcel === draft) {
      showDraft();
    } else {
      showParcel(parcel, uploads);
    }
  }
  byId('drop').classList.toggle('compact', draft !== null || views.size > 0);
  showAll();
}

function showParcel(parcel, uploads) {
  let view = views.get(parcel);
  if (parcel.phase === Phase.GONE) {
    view?.element.remove();
    views.delete(parcel);
    return;
  }
  if (!view) {
    view = new ParcelView(parcel, { again: getAgain });
    views.set(parcel, view);
    byId('parcels').prepend(view.element);
  }
  view.show(uploads);
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

/** What concerns all parcels: title, warning, login, what is said. */
function showAll() {
  const sending = [...views.keys()].filter(parcel => parcel.phase === Phase.SENDING);
  const uploads = sending.flatMap(parcel => parcel.uploads);
  const going = uploads.some(upload => upload.isRunning || upload.state === State.WAITING);
  stayAwake(going || [...views.keys()].some(parcel => parcel.phase === Phase.LINKING));
  const found = totals(uploads, performance.now());
  document.title = uploads.length > 0 ? `${percent(found.done, found.size || 1)} % · ${TITLE}` : TITLE;
  byId('login').hidden = !uploads.some(upload => upload.state === State.NETWORK && upload.problem && verdict(upload.problem) === Verdict.LOGIN);
  say(summary(found, uploads.length));
  if (going) {
    // Speeds fall when nothing happens, too.
    sending.forEach(parcel => parcel.uploads.filter(upload => upload.isRunning).forEach(upload => changed(parcel, upload)));
  }
}

function summary(found, count) {
  if (count === 0) {
    const done = [...views.keys()].filter(parcel => parcel.phase === Phase.DONE);
    return done.length > 0 ? `${nameOf(done.at(-1).uploads)}: sent, the link is ready.` : '';
  }
  const failed = found.states[State.FAILED] ?? 0;
  const waits = found.states[State.NETWORK] ?? 0;
  return `${found.over} of ${found.count} files sent, ${percent(found.done, found.size || 1)} percent${failed ? `, ${failed} failed` : ''}${waits ? ', waiting for the network' : ''}`;
}

/** Tells those who do not see the page, and not too often. */
function say(text) {
  const now = performance.now();
  if (text !== said.text && (now - said.at >= SAY || !text.includes('percent'))) {
    said = { at: now, text };
    byId('said').textContent = text;
  }
}

/** Takes what a person gives: files of an earlier visit go on, others wait to be sent. */
async function take(items) {
  if (items.length === 0) {
    return;
  }
  const unfinished = [...views.keys()].filter(parcel => parcel.absent.length > 0);
  const fresh = [];
  for (const given of items) {
    const { found, parcel, earlier } = await recognise(given.file, given.name, unfinished, page.digests);
    if (found === Found.SAME) {
      await parcel.give(earlier, given.file, false);
    } else if (found === Found.CHANGED) {
      toast(`“${earlier.name}” is not the file that was begun: it has changed.`, { label: 'Send it anew', run: () => parcel.give(earlier, given.file, true) }, 30000);
    } else {
      fresh.push(given);
    }
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
    draft.add(items);
    show();
    byId('send').focus();
  } else {
    draft.add(items);
    show();
  }
}

function endDraft() {
  draft = null;
  draftRows = null;
  byId('draft').hidden = true;
  byId('draft-list').replaceChildren();
}

async function send(event) {
  event.preventDefault();
  const parcel = draft;
  if (!parcel) {
    return;
  }
  options.remember();
  endDraft();
  await parcel.send(options.chosen(), options.takePassword());
  show();
  views.get(parcel)?.element.focus();
}

/** Gets the files of an earlier visit: by their handles, else by the person. */
async function getAgain(parcel) {
  if (parcel.absent.length === 0) {
    parcel.goOn();
    return;
  }
  const roots = [];
  for (const earlier of parcel.absent) {
    const { root } = parcel.about(earlier);
    if (root && !roots.includes(root)) {
      roots.push(root);
    }
  }
  const allowed = new Set();
  for (const root of roots) {
    if (await isAllowed(root)) {
      allowed.add(root);
    }
  }
  for (const earlier of parcel.absent) {
    const { root, path } = parcel.about(earlier);
    if (allowed.has(root)) {
      await fileOf(root, path).then(file => take([{ file, name: earlier.name, root, path }]), () => {}); // moved or deleted: the person is asked
    }
  }
  if (parcel.absent.length > 0) {
    toast(`Choose ${nameOf(parcel.absent)} again: it goes on where it was.`);
    (parcel.absent[0].name.includes('/') ? byId('folder') : byId('files')).click();
  }
}

async function isAllowed(root) {
  try {
    return await root.queryPermission({ mode: 'read' }) === 'granted' || await root.requestPermission({ mode: 'read' }) === 'granted';
  } catch {
    return false;
  }
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
  byId('pick').addEventListener('click', guarded(async () => keepsHandles() ? take(await pickFiles()) : byId('files').click()));
  byId('pick-folder').addEventListener('click', guarded(async () => keepsHandles() ? take(await pickFolder()) : byId('folder').click()));
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
    if (event.dataTransfer.types.includes('Files')) {
      event.preventDefault();
      document.body.classList.add('dragging');
    }
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
  const look = () => queue.uploads.forEach(upload => upload.look());
  window.addEventListener('online', look);
  window.addEventListener('focus', () => byId('login').hidden || look());
  window.addEventListener('offline', () => queue.uploads.forEach(upload => upload.lost()));
}

async function begin() {
  frame();
  const session = await requireSession();
  if (!session.rights.includes('upload') && !session.rights.includes('admin')) {
    byId('drop').replaceChildren(el('p', {}, 'Your token may not send files.'));
    byId('main').hidden = false;
    return;
  }
  const wire = new Wire();
  page = { wire, digests: new Digests(), slots: new Slots(PARALLEL), queue, owner: session.token_id, server: ROOT.href, changed };
  options = new Options(session.rooms);
  byId('login-link').href = address('login');
  listen();
  for (const kept of await keptParcels(page.owner, page.server)) {
    if (await hold(kept.id)) {
      const parcel = new Parcel(page, kept);
      changed(parcel);
      parcel.ask().catch(() => {}); // it is asked again when it goes on
    }
  }
  show();
  byId('main').hidden = false;
}

begin().catch(problem => {
  byId('main').hidden = false;
  byId('drop').replaceChildren(el('p', { role: 'alert' }, problem.message), el('button', { type: 'button', onclick: () => location.reload() }, 'Try again'));
});
