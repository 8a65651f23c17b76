// How the link shall be. The last choice is remembered, but never a password.
import { byId, el } from './base.js';

const KEY = 'tranzr.link';
const FIELDS = ['expiry', 'downloads', 'protection', 'room'];

/** The form of the options on this page. */
export class Options {
  /** @param {{room_id: string, name: string, role: string}[]} rooms of the session */
  constructor(rooms) {
    const writable = (rooms ?? []).filter(room => room.role !== 'reader');
    byId('room').append(...writable.map(room => el('option', { value: room.room_id }, room.name)));
    byId('rooms').hidden = writable.length === 0;
    byId('expiry').value = '10080';
    this.#recall();
    byId('protection').addEventListener('change', () => this.#show());
    this.#show();
  }

  #show() {
    const own = byId('protection').value === 'own';
    byId('own').hidden = !own;
    byId('password').required = own;
  }

  /** What is chosen. @returns {{minutes: number|null, downloads: number|null, password: string, room: string|undefined}} */
  chosen() {
    const number = id => byId(id).value === '' ? null : Number(byId(id).value);
    return { minutes: number('expiry'), downloads: number('downloads'), password: byId('protection').value, room: byId('room').value || undefined };
  }

  /** The sender's own password, which the form then forgets. */
  takePassword() {
    const password = byId('protection').value === 'own' ? byId('password').value : '';
    byId('password').value = '';
    return password;
  }

  remember() {
    try {
      localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(FIELDS.map(id => [id, byId(id).value]))));
    } catch {
      // Nothing is kept, then.
    }
  }

  #recall() {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(KEY));
    } catch {
      // As if nothing had been kept.
    }
    for (const id of FIELDS) {
      const value = kept?.[id];
      if (Array.from(byId(id).options).some(option => option.value === value)) {
        byId(id).value = value;
      }
    }
  }
}
