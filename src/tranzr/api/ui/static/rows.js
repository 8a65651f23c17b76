// The list of the files of a parcel. Rows are made for those that are shown only, and changed where something is new.
import { bytes, duration, el, speed } from './base.js';
import { remaining } from './meter.js';
import { State } from './upload.js';

const PAGE = 100;
/** From so many files on it can be chosen which are shown. */
const MANY = 12;

const CHOICES = [
  ['all', 'All files', () => true],
  ['open', 'Not done yet', upload => upload.state !== State.DONE && upload.state !== State.CANCELLED],
  ['failed', 'Failed', upload => upload.state === State.FAILED],
];

const WORDS = {
  [State.WAITING]: 'Waiting', [State.HASHING]: 'Hashing', [State.UPLOADING]: 'Uploading', [State.VERIFYING]: 'Verifying', [State.DONE]: 'Done',
  [State.NETWORK]: 'Waiting for the network', [State.PAUSED]: 'Paused', [State.FAILED]: 'Failed', [State.CANCELLED]: 'Cancelled', [State.ABSENT]: 'Choose the file again',
};

/** A percentage that is 100 only when all is done. */
export function percent(done, size) {
  return size === 0 ? 0 : Math.min(99, Math.floor(done * 100 / size));
}

/** How far an upload is, in words. */
export function words(upload, now, draft) {
  if (draft) {
    return bytes(upload.size);
  }
  const { state } = upload;
  if (state === State.HASHING && upload.done === upload.size) {
    return `Hashing to verify · ${percent(upload.hashed, upload.size)} %`;
  }
  if (state === State.HASHING) {
    return `Hashing · ${percent(upload.hashed, upload.size)} % of ${bytes(upload.size)}`;
  }
  if (state === State.UPLOADING) {
    const pace = upload.meter.speed(now);
    const left = remaining(upload.size - upload.done, pace);
    return [`Uploading · ${percent(upload.done, upload.size)} %`, `${bytes(upload.done)} of ${bytes(upload.size)}`, pace > 0 ? speed(pace) : null, left === null ? null : `${duration(left)} left`]
      .filter(part => part !== null).join(' · ');
  }
  if (state === State.DONE) {
    return `Done · ${bytes(upload.size)}${upload.result?.instant ? ' · was there already' : ''}`;
  }
  if (state === State.ABSENT) {
    return `Choose the file again · ${percent(upload.done, upload.size)} % of ${bytes(upload.size)} has arrived`;
  }
  if (state === State.NETWORK || state === State.FAILED) {
    return `${WORDS[state]}: ${upload.note}`;
  }
  return `${WORDS[state]} · ${state === State.PAUSED ? `${percent(upload.done, upload.size)} % of ` : ''}${bytes(upload.size)}`;
}

/** The list of a parcel. */
export class Rows {
  #parcel;
  #act;
  #rows = new Map();
  #limit = PAGE;
  #choice = CHOICES[0];
  #draft = true;
  #list = el('ul.plain.files');
  #more = el('button.small', { type: 'button', hidden: true, onclick: () => this.#showMore() });
  #select = el('select', { aria: { label: 'Which files are shown' }, onchange: () => this.#choose() }, ...CHOICES.map(([value, text]) => el('option', { value }, text)));
  element = el('div.stack', {}, this.#select, this.#list, this.#more);

  /** @param {Parcel} parcel @param {{pause: Function, resume: Function, cancel: Function}} act what the buttons of a row do, with its upload */
  constructor(parcel, act) {
    this.#parcel = parcel;
    this.#act = act;
  }

  #choose() {
    this.#choice = CHOICES.find(([value]) => value === this.#select.value);
    this.#limit = PAGE;
    this.all();
  }

  #showMore() {
    const before = this.#list.childElementCount;
    this.#limit += PAGE;
    this.all();
    this.#list.children[before]?.querySelector('button')?.focus();
  }

  /** Shows which rows there are. @param {boolean} [draft] before anything is sent */
  all(draft = this.#draft) {
    this.#draft = draft;
    const { uploads } = this.#parcel;
    const now = performance.now();
    const chosen = uploads.filter(upload => upload.state !== State.CANCELLED && this.#choice[2](upload));
    const shown = chosen.slice(0, this.#limit);
    const wanted = new Set(shown);
    for (const [upload, row] of this.#rows) {
      if (!wanted.has(upload)) {
        row.element.remove();
        this.#rows.delete(upload);
      }
    }
    shown.forEach((upload, i) => {
      const row = this.#rows.get(upload) ?? this.#made(upload);
      if (this.#list.children[i] !== row.element) {
        this.#list.insertBefore(row.element, this.#list.children[i] ?? null);
      }
      row.show(now, draft);
    });
    this.#select.hidden = uploads.length < MANY || draft;
    this.#more.hidden = chosen.length <= shown.length;
    this.#more.textContent = `Show ${Math.min(PAGE, chosen.length - shown.length)} more of ${chosen.length - shown.length}`;
  }

  /** Shows what is new of some. @param {Iterable<Upload>} uploads */
  some(uploads) {
    const now = performance.now();
    for (const upload of uploads) {
      this.#rows.get(upload)?.show(now, this.#draft);
    }
  }

  #made(upload) {
    const row = new Row(upload, this.#act);
    this.#rows.set(upload, row);
    return row;
  }
}

class Row {
  #upload;
  #bar;
  #words = el('span.small.muted.nums.grow');
  #notice = el('p.small.warn-text', { hidden: true });
  #toggle;
  #cancel;
  element;

  constructor(upload, act) {
    this.#upload = upload;
    this.#bar = el('progress', { max: 100, value: 0, aria: { label: `Progress of ${upload.name}` } });
    this.#toggle = el('button.quiet.small', { type: 'button', onclick: () => this.#paused() ? act.resume(upload) : act.pause(upload) });
    this.#cancel = el('button.quiet.small', { type: 'button', onclick: () => act.cancel(upload) });
    const name = el('span.file-name.truncate', { title: upload.name, dir: 'auto' }, upload.name);
    this.element = el('li.file', {}, el('div.row.file-line', {}, el('div.grow.stack.file-text', {}, name, this.#words), el('div.row.file-buttons', {}, this.#toggle, this.#cancel)), this.#bar, this.#notice);
  }

  #paused() {
    return this.#upload.state === State.PAUSED || this.#upload.state === State.FAILED;
  }

  show(now, draft) {
    const { state, name } = this.#upload;
    const going = [State.UPLOADING, State.NETWORK, State.PAUSED, State.VERIFYING, State.FAILED].includes(state) || state === State.HASHING;
    this.#bar.hidden = draft || !going;
    const hashing = state === State.HASHING && this.#upload.done < this.#upload.size;
    put(this.#bar, 'value', state === State.VERIFYING ? 100 : percent(hashing ? this.#upload.hashed : this.#upload.done, this.#upload.size));
    this.#bar.classList.toggle('bad', state === State.FAILED);
    this.#bar.classList.toggle('calm', hashing || state === State.PAUSED);
    this.element.dataset.state = draft ? 'draft' : state;
    put(this.#words, 'textContent', words(this.#upload, now, draft));
    put(this.#notice, 'textContent', this.#upload.notice);
    this.#notice.hidden = this.#upload.notice === '';
    const paused = this.#paused();
    label(this.#toggle, paused ? state === State.FAILED ? 'Try again' : 'Resume' : 'Pause', name);
    this.#toggle.hidden = draft || !(paused || [State.WAITING, State.HASHING, State.UPLOADING, State.NETWORK].includes(state));
    label(this.#cancel, draft ? 'Remove' : 'Cancel', name);
    this.#cancel.hidden = !draft && (state === State.DONE || state === State.CANCELLED || state === State.VERIFYING);
  }
}

function label(button, text, name) {
  if (button.textContent !== text) {
    button.textContent = text;
    button.setAttribute('aria-label', `${text}: ${name}`);
  }
}

/** Sets only what is new, which spares the browser a layout. */
function put(element, property, value) {
  if (element[property] !== value) {
    element[property] = value;
  }
}
