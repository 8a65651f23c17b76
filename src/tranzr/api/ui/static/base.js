// What all pages share: calls of the API, texts for numbers and times, small pieces of the document.

/** Where the server's paths begin, whatever a proxy has put before them. This file lies at ROOT/ui/VERSION/base.js. */
export const ROOT = new URL('../../', import.meta.url);

/** The address of a path of the API. @param {string} path without a slash at the beginning */
export function address(path) {
  return new URL(path, ROOT).href;
}

/** A refusal of the server, as it tells it (RFC 9457), or code `network` when it could not be reached. */
export class Problem extends Error {
  /** @param {{status: number, code: string, title?: string, detail?: string}} told @param {number} [retryAfter] seconds */
  constructor(told, retryAfter) {
    super(told.detail || told.title || told.code);
    this.status = told.status;
    this.code = told.code;
    this.told = told;
    this.retryAfter = retryAfter;
  }
}

let current = null;

/** Who has logged in, as GET /session tells; null for nobody. @param {boolean} [again] asks anew */
export function session(again = false) {
  if (!current || again) {
    current = call('session', { anonymous: true }).catch(problem => {
      current = null;
      if (problem.status === 401 || problem.status === 403) {
        return null;
      }
      throw problem;
    });
  }
  return current;
}

/** As `session`, but goes to the login page, and never returns, when a login is needed. */
export async function requireSession() {
  const found = await session();
  if (found) {
    return found;
  }
  location.assign(`${address('login')}?next=${encodeURIComponent(location.pathname.slice(new URL(ROOT).pathname.length) + location.search)}`);
  return new Promise(() => {});
}

/**
 * Calls the API.
 * @param {string} path without a slash at the beginning
 * @param {{method?: string, json?: object, body?: BodyInit, headers?: object, signal?: AbortSignal, anonymous?: boolean, raw?: boolean, omit?: boolean, keepalive?: boolean}} [how]
 *        anonymous: do not ask for the login's token first; raw: give the Response itself; omit: as nobody, and without the browser asking for a password in a way of its own
 * @returns {Promise<any>} the JSON of the answer, null when it has none
 * @throws {Problem}
 */
export async function call(path, how = {}) {
  const method = how.method || (how.json ? 'POST' : 'GET');
  // The second tells that a script asks: without HTTPS browsers do not tell it themselves, and would ask for a password by a box of their own.
  const headers = { Accept: 'application/json', 'X-Requested-With': 'fetch', ...how.headers };
  if (how.json) {
    headers['Content-Type'] = 'application/json';
  }
  if (method !== 'GET' && method !== 'HEAD' && !how.anonymous) {
    const login = await session();
    if (login && login.csrf_token) {
      headers['X-CSRF-Token'] = login.csrf_token;
    }
  }
  let response;
  try {
    response = await fetch(address(path), { method, headers, body: how.json ? JSON.stringify(how.json) : how.body, signal: how.signal, keepalive: how.keepalive, cache: 'no-store', credentials: how.omit ? 'omit' : 'same-origin' });
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }
    throw new Problem({ status: 0, code: 'network', detail: 'The server cannot be reached.' });
  }
  if (!response.ok) {
    throw await problemOf(response);
  }
  return how.raw ? response : jsonOf(response);
}

/** @param {Response} response */
export async function problemOf(response) {
  const retryAfter = Number(response.headers.get('Retry-After')) || undefined;
  let told = null;
  try {
    told = await response.json();
  } catch {
    // Something between here and the server answered.
  }
  if (!told || typeof told.code !== 'string') {
    told = { status: response.status, code: 'http_' + response.status, detail: `The server answered ${response.status}.` };
  }
  return new Problem(told, retryAfter);
}

async function jsonOf(response) {
  const text = await response.text();
  return text === '' ? null : JSON.parse(text);
}

/**
 * Makes an element. Text is never markup.
 * @param {string} tag such as `p` or `p.small.muted`
 * @param {object} [properties] of the element; `on…` are listeners, `data` and `aria` go to attributes
 * @param {...(Node|string|null)} children
 */
export function el(tag, properties = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const made = document.createElement(name);
  made.classList.add(...classes);
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'data' || key === 'aria') {
      Object.entries(value).forEach(([part, text]) => made.setAttribute(`${key}-${part}`, text));
    } else if (key.startsWith('on')) {
      made.addEventListener(key.slice(2), value);
    } else if (key in made) {
      made[key] = value;
    } else {
      made.setAttribute(key, value);
    }
  }
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}

/** @returns {HTMLElement} the element with this id, which the page has */
export function byId(id) {
  return document.getElementById(id);
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Such as `1.5 MiB`. @param {number} count */
export function bytes(count) {
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** Such as `12 MiB/s`. @param {number} perSecond bytes */
export function speed(perSecond) {
  return `${bytes(perSecond)}/s`;
}

/** Such as `2 min 5 s`: two units at most. @param {number} seconds */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
  const first = parts.findIndex(([size]) => whole >= size);
  if (first < 0) {
    return '0 s';
  }
  return parts.slice(first, first + 2).map(([size, name], i) => [Math.floor((i === 0 ? whole : whole % parts[first][0]) / size), name])
    .filter(([count]) => count > 0).map(([count, name]) => `${count} ${name}`).join(' ');
}

/** Such as `in 3 hours` or `2 days ago`. @param {string|Date} time */
export function fromNow(time) {
  const seconds = (new Date(time) - Date.now()) / 1000;
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  for (const [size, unit] of [[86400, 'day'], [3600, 'hour'], [60, 'minute']]) {
    if (Math.abs(seconds) >= size) {
      return words.format(Math.trunc(seconds / size), unit);
    }
  }
  return words.format(Math.trunc(seconds), 'second');
}

/** Date and time in the reader's own zone. @param {string|Date} time */
export function dateTime(time) {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time));
}

/** Says something for a few seconds, to screen readers too. @param {{label: string, run: () => void}} [action] @param {number} [milliseconds] */
export function toast(text, action, milliseconds = 5000) {
  let place = byId('toasts');
  if (!place) {
    place = el('div.toasts', { id: 'toasts', role: 'status', aria: { live: 'polite' } });
    document.body.append(place);
  }
  const shown = el('div.toast', {}, el('span.grow', {}, text));
  const close = () => shown.remove();
  if (action) {
    shown.append(el('button.small', { type: 'button', onclick: () => { close(); action.run(); } }, action.label));
  }
  place.append(shown);
  setTimeout(close, milliseconds);
  return close;
}

/** A line to be copied, with its button. @param {string} text @param {string} name what it is, for screen readers */
export function copyLine(text, name) {
  const button = el('button', { type: 'button', aria: { label: `Copy ${name}` }, onclick: () => copy(text, button) }, 'Copy');
  return el('div.copyline', {}, el('code', { tabIndex: 0 }, text), button);
}

/** Copies, and says so on the button. */
export async function copy(text, button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    selectBeside(button);
    button.textContent = 'Press Ctrl+C';
  }
  setTimeout(() => { button.textContent = before; }, 2000);
}

/** Without HTTPS there is no clipboard: the text is marked, so that the keyboard can copy it. */
function selectBeside(button) {
  const text = button.parentElement.querySelector('code, input');
  if (text) {
    getSelection().selectAllChildren(text);
    text.focus();
  }
}

/** Shows what the session may see of the page's frame: elements with `data-right`. */
export async function frame() {
  try {
    const found = await session();
    for (const part of document.querySelectorAll('[data-right]')) {
      part.hidden = !found || part.dataset.right !== 'any' && !found.rights.includes(part.dataset.right);
    }
    for (const part of document.querySelectorAll('[data-login]')) {
      part.hidden = !found || !found.session_id;
    }
  } catch {
    // The page itself tells that the server is away.
  }
}
