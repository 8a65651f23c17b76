// The card of a parcel that is sent: what is unfinished, what goes, and the link at the end.
import { ask } from './ask.js';
import { bytes, duration, el, speed } from './base.js';
import { remaining } from './meter.js';
import { Phase } from './parcel.js';
import { totals } from './queue.js';
import { Rows, percent } from './rows.js';
import { State } from './upload.js';
import { result } from './result.js';

/** Such as `photo.jpg and 2 others`. @param {{name: string}[]} uploads */
export function nameOf(uploads) {
  if (uploads.length === 0) {
    return 'nothing';
  }
  const others = uploads.length - 1;
  return others === 0 ? uploads[0].name : `${uploads[0].name} and ${others} other${others === 1 ? '' : 's'}`;
}

const TITLES = { [Phase.LINKING]: 'Making the link', [Phase.STUCK]: 'Not all went through' };

/** A card; `element` is what is shown. */
export class ParcelView {
  element = el('section.card.parcel', { tabIndex: -1 });

  #parcel;
  #act;
  #rows;
  #title = el('h2.grow');
  #numbers = el('p.small.muted.nums');
  #bar = el('progress', { max: 100, value: 0, aria: { label: 'Progress of all files' } });
  #notice = el('div.notice.warn.row.spread', { hidden: true });
  #total = el('div.stack.total', {}, this.#bar, this.#numbers);
  #buttons;
  #shown = null;

  /**
   * @param {Parcel} parcel
   * @param {{again: (parcel: Parcel) => void, result?: (parcel: Parcel) => HTMLElement[], without?: string, giveUp?: string}} act
   *        again: gets the files of an earlier visit; result: what is shown of a parcel that is done; without: what leaves the failed out; giveUp: what giving up means
   */
  constructor(parcel, act) {
    this.#parcel = parcel;
    this.#act = act;
    this.#rows = new Rows(parcel, {
      pause: upload => upload.pause(),
      resume: upload => parcel.resume([upload]),
      cancel: upload => parcel.cancel(upload),
    });
    const button = (text, run, kind = 'button.small') => el(kind, { type: 'button', onclick: run }, text);
    this.#buttons = {
      goOn: button('Continue', () => act.again(parcel), 'button.primary.small'),
      pause: button('Pause all', () => parcel.pauseAll()),
      resume: button('Resume all', () => parcel.resume()),
      retry: button('Try failed again', () => parcel.resume(parcel.uploads.filter(upload => upload.state === State.FAILED))),
      without: button(act.without ?? 'Link without the failed', () => parcel.link()),
      cancel: button('Cancel all', () => this.#cancelAll(), 'button.small.quiet'),
    };
  }

  async #cancelAll() {
    if (await ask(this.#act.giveUp ? `Give up ${nameOf(this.#parcel.uploads)}? ${this.#act.giveUp}` : `Give up ${nameOf(this.#parcel.uploads)}, and remove what has arrived?`, 'Give up')) {
      await this.#parcel.cancelAll();
    }
  }

  /** Shows what is new. @param {Set<Upload>|null} changed null for all */
  show(changed) {
    const { phase } = this.#parcel;
    if (phase !== this.#shown) {
      this.#shown = phase;
      changed = null;
      this.#frame(phase);
    }
    if (phase !== Phase.DONE && phase !== Phase.GONE) {
      this.#progress();
      if (changed) {
        this.#rows.some(changed);
      }
      if (!changed || this.#hasChoice()) {
        this.#rows.all(false);
      }
    }
  }

  /** Rows come and go only when something is over: cheap enough, and rare. */
  #hasChoice() {
    const over = this.#parcel.uploads.filter(upload => upload.isOver).length;
    const rare = over !== this.over;
    this.over = over;
    return rare;
  }

  #frame(phase) {
    this.element.setAttribute('aria-label', nameOf(this.#parcel.uploads));
    if (phase === Phase.DONE) {
      // Whoever was in this card finds what comes next; whoever is elsewhere by now is left there.
      const within = this.element.contains(document.activeElement) || document.activeElement === document.body;
      this.element.replaceChildren(...(this.#act.result ?? result)(this.#parcel));
      if (within) {
        this.element.querySelector('button').focus();
      }
    } else {
      const head = el('div.row.spread', {}, this.#title, el('div.row', {}, ...Object.values(this.#buttons)));
      this.element.replaceChildren(head, this.#total, this.#notice, this.#rows.element);
    }
  }

  #progress() {
    const { phase, uploads } = this.#parcel;
    const found = totals(uploads, performance.now());
    const unfinished = phase === Phase.UNFINISHED;
    const one = uploads.length === 1;
    this.#title.textContent = unfinished ? `Unfinished: ${nameOf(uploads)}` : TITLES[phase] ?? (found.count === 1 ? 'Sending a file' : `Sending ${found.count} files`);
    this.#bar.value = percent(found.done, found.size || 1);
        this.#total.hidden = one && phase === Phase.SENDING; // its row tells the same
    this.#numbers.textContent = unfinished ? `${found.over} of ${found.count} file${found.count === 1 ? '' : 's'} sent, ${percent(found.done, found.size || 1)} % of ${bytes(found.size)} has arrived and is kept at the server.` : numbers(found, phase);
    const has = state => (found.states[state] ?? 0) > 0;
    const { goOn, pause, resume, retry, without, cancel } = this.#buttons;
    goOn.hidden = !has(State.ABSENT) && !unfinished;
    pause.hidden = one || unfinished || ![State.WAITING, State.HASHING, State.UPLOADING, State.NETWORK].some(has);
    resume.hidden = one || !has(State.PAUSED);
    retry.hidden = one || !has(State.FAILED);
    without.hidden = phase !== Phase.STUCK || !has(State.DONE);
    cancel.hidden = one && !unfinished || phase === Phase.LINKING && !this.#parcel.problem;
    this.#notices();
  }

  #notices() {
    const { phase, problem, wantsPassword } = this.#parcel;
    const wanted = phase !== Phase.LINKING ? '' : problem ? 'problem' : wantsPassword ? 'password' : '';
    if (this.#notice.dataset.shows === wanted) {
      return;
    }
    this.#notice.dataset.shows = wanted;
    this.#notice.hidden = wanted === '';
    if (wanted === 'problem') {
      this.#notice.replaceChildren(el('p.grow', {}, `The files have arrived, but there is no link: ${problem.message}`),
        el('button.small', { type: 'button', onclick: () => this.#parcel.link() }, 'Try again'),
        el('button.small.quiet', { type: 'button', onclick: () => this.#parcel.leave() }, 'Leave it without'));
    } else if (wanted === 'password') {
      const input = el('input', { required: true, maxLength: 128, autocomplete: 'off', spellcheck: false, aria: { label: 'Password of the link' } });
      const form = el('form.row.grow', {}, el('p', {}, 'Everything has arrived. Your password of the link is not kept: please type it again.'), input, el('button.primary.small', { type: 'submit' }, 'Make the link'));
      form.addEventListener('submit', event => {
        event.preventDefault();
        this.#parcel.link(input.value);
      });
      this.#notice.replaceChildren(form);
    }
  }
}

function numbers(found, phase) {
  if (phase === Phase.LINKING) {
    return 'Everything has arrived and is verified.';
  }
  const left = remaining(found.size - found.done, found.speed);
  return [`${percent(found.done, found.size || 1)} %`, `${found.over} of ${found.count} file${found.count === 1 ? '' : 's'}`, `${bytes(found.done)} of ${bytes(found.size)}`,
    found.speed > 0 ? speed(found.speed) : null, left === null || found.speed === 0 ? null : `${duration(left)} left`].filter(part => part !== null).join(' · ');
}
