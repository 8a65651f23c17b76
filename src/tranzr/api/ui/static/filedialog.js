// One file in a dialog: what is known of it, and what can be done with it.
import { address, byId, bytes, call, copyLine, dateTime, el, fromNow, toast } from './base.js';
import { count } from './figures.js';
import { linksPart } from './filelinks.js';
import { callWithCode } from './secondfactor.js';

const DAY = 24 * 60;
const OPERATOR = '00000000-0000-0000-0000-000000000000';

/**
 * Opens it. The focus goes back to the row of the file, which may be another element by then.
 * @param {{file_id: string, filename: string}} listed @param {() => void} onChange called when something of it was changed @param {(file: object) => void} onDelete
 */
export async function openFile(listed, onChange, onDelete) {
  const dialog = byId('file');
  dialog.replaceChildren(head(dialog, listed.filename), el('p.muted', {}, 'Asking the server…'));
  dialog.onclose = () => document.querySelector(`#files tr[data-id="${listed.file_id}"] [data-part="name"]`)?.focus();
  dialog.showModal();
  try {
    await fill(dialog, listed.file_id, onChange, onDelete);
  } catch (problem) {
    dialog.replaceChildren(head(dialog, listed.filename), el('p.notice.bad', { role: 'alert' }, problem.message));
  }
}

function head(dialog, name) {
  return el('div.row.spread.head', {}, el('h2.grow', { id: 'file-title' }, name), el('button.small', { type: 'button', onclick: () => dialog.close() }, 'Close'));
}

async function fill(dialog, id, onChange, onDelete) {
  const file = await call(`files/${id}`);
  const complete = file.status === 'completed';
  const again = () => {
    onChange();
    return fill(dialog, id, onChange, onDelete);
  };
  const removing = el('button.danger', { type: 'button', onclick: () => { dialog.close(); onDelete(file); } }, 'Delete');
  const getting = complete ? el('a.button.primary', { href: address(`download/${id}`), download: '' }, 'Download') : null;
  dialog.replaceChildren(head(dialog, file.filename), await facts(file), ...complete ? [digest(file)] : [], el('div.row', {}, getting, removing),
    ...complete ? [renaming(file, again), keeping(file, again), linksPart(file)] : []);
}

async function facts(file) {
  const [owner, room] = await Promise.all([ownerName(file.owner), roomName(file.room)]);
  const rows = [['Size', sizeInWords(file.file_size)],
    ...file.status === 'completed' ? [] : [['Received', bytes(file.bytes_received)], ['State', file.status.replace('_', ' ')]],
    ['Sent by', owner], ...room ? [['Room', room]] : [], ['Created', when(file.created_at)], ['Kept', file.expires_at ? `until ${when(file.expires_at)}` : 'for ever'],
    ['Priority', file.priority], ['Id', el('code', {}, file.file_id)]];
  return el('dl.facts', {}, ...rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
}

function sizeInWords(size) {
  return size === null ? 'not known yet' : size < 1024 ? bytes(size) : `${bytes(size)} (${count(size)} bytes)`;
}

function when(at) {
  return `${dateTime(at)}, ${fromNow(at)}`;
}

async function ownerName(id) {
  if (id === OPERATOR) {
    return 'the operator';
  }
  try {
    return (await call(`tokens/${id}`)).name;
  } catch {
    return `a token that was revoked (${id})`;
  }
}

async function roomName(id) {
  try {
    return id ? (await call(`rooms/${id}`)).name : null;
  } catch {
    return id;
  }
}

function digest(file) {
  return el('div.stack', {}, el('h3', {}, 'SHA-256'), copyLine(file.file_hash, 'the SHA-256'));
}

/** Sends a change, and says in the form what the server has against it. */
async function change(form, file, json, done, again) {
  const objection = form.querySelector('[role="alert"]');
  objection.textContent = '';
  try {
    if (await callWithCode(`files/${file.file_id}`, { method: 'PATCH', json }) !== undefined) {
      toast(done);
      await again();
    }
  } catch (problem) {
    objection.textContent = problem.message;
  }
}

function renaming(file, again) {
  const field = el('input', { id: 'rename', value: file.filename, required: true, autocomplete: 'off', spellcheck: false });
  const form = el('form.stack', { onsubmit: event => { event.preventDefault(); change(form, file, { filename: field.value }, 'It has its new name.', again); } },
    el('div.field', {}, el('label', { htmlFor: 'rename' }, 'Name'), el('div.inputline', {}, field, el('button', {}, 'Rename'))), el('p.small.bad-text', { role: 'alert' }));
  return form;
}

function keeping(file, again) {
  const choices = [['', 'Choose…'], [DAY, 'one day from now'], [7 * DAY, 'a week from now'], [30 * DAY, '30 days from now'], [365 * DAY, 'a year from now'], ['none', 'for ever']];
  const select = el('select', { id: 'keep', required: true }, ...choices.map(([value, name]) => el('option', { value }, name)));
  const wanted = () => ({ expire_minutes: select.value === 'none' ? null : Number(select.value) });
  const form = el('form.stack', { onsubmit: event => { event.preventDefault(); change(form, file, wanted(), 'It is kept as you said.', again); } },
    el('div.field', {}, el('label', { htmlFor: 'keep' }, 'Keep until'), el('div.inputline', {}, select, el('button', {}, 'Set'))), el('p.small.bad-text', { role: 'alert' }));
  return form;
}
