// The page of a link. All facts and forms are in the document already; this makes downloads start without leaving it, and shows previews.
import { address, byId, bytes, call, copyLine, dateTime, duration, el, fromNow, problemOf, Problem } from './base.js';
import { pdfPreview } from './pdf-preview.js';

const facts = byId('link');
const form = byId('get');
const problem = byId('problem');
/** What the last right password, or none, was answered with: it opens previews too. */
let grant = null;

/** Says in the form what went wrong; nothing when there is no text. */
function say(text) {
  problem.textContent = text;
  problem.hidden = text === '';
}

const WORDS = {
  wrong_password: () => 'That is not the password.',
  password_required: () => 'This link asks for a password.',
  too_many_attempts: told => `Too many wrong passwords. Try again in ${duration(told.retryAfter || 60)}.`,
  not_in_share: () => 'This file has been deleted meanwhile.',
  network: () => 'The server cannot be reached. Try again when you are online.',
};

/** Codes after which the page itself has to say something else. */
const OVER = ['share_not_found', 'share_expired', 'download_limit_reached', 'address_not_allowed'];

async function granted(file) {
  const field = byId('password');
  const json = { file: file === '' ? null : Number(file) };
  if (field) {
    json.password = field.value;
  }
  const answer = await call(`share/grant/${facts.dataset.token}`, { json, anonymous: true, omit: true });
  grant = new URL(answer.url).searchParams.get('grant');
  return answer.url;
}

function refused(error) {
  if (OVER.includes(error.code)) {
    location.reload();
    return;
  }
  const words = WORDS[error.code];
  say(words ? words(error) : error.message);
  const field = byId('password');
  if (field && (error.code === 'wrong_password' || error.code === 'password_required')) {
    field.setAttribute('aria-invalid', 'true');
    field.focus();
    field.select();
  }
}

/** Asks for an address without the password and goes there: the answer is a file, so the page stays. */
async function download(button) {
  say('');
  byId('password')?.removeAttribute('aria-invalid');
  button.disabled = true;
  try {
    const url = new URL(await granted(button.value));
    // By the path as this page has it, whatever a proxy in between has made of it.
    const target = new URL(address(`s/${facts.dataset.token}/${url.pathname.slice(url.pathname.lastIndexOf('/') + 1)}`));
    target.search = url.search;
    const link = el('a', { href: target.href, download: '' });
    document.body.append(link);
    link.click();
    link.remove();
    tell('The download has begun.');
  } catch (error) {
    if (!(error instanceof Problem)) {
      throw error;
    }
    refused(error);
  } finally {
    button.disabled = false;
  }
}

function tell(text) {
  byId('told').textContent = text;
}

/** The element that shows a file of this type. @returns {Promise<HTMLElement>} */
async function shown(url, type, name, size) {
  if (type.startsWith('image/')) {
    return el('img', { src: url, alt: name });
  }
  if (type.startsWith('audio/') || type.startsWith('video/')) {
    return el(type.startsWith('audio/') ? 'audio' : 'video', { src: url, controls: true, preload: 'metadata', aria: { label: name } });
  }
  const response = await fetch(url);
  if (!response.ok) {
    throw await problemOf(response);
  }
  if (type === 'application/pdf') {
    return pdfPreview(await response.arrayBuffer(), name);
  }
  const text = await response.text();
  const cut = Number(response.headers.get('Content-Length')) < size;
  return el('div.stack.share-wide', {}, el('pre', { tabIndex: 0, aria: { label: name } }, text), cut ? el('p.small.muted', {}, 'Only the beginning is shown.') : null);
}

async function preview(button) {
  const place = byId(button.getAttribute('aria-controls'));
  if (!place.hidden) {
    place.replaceChildren();
    place.hidden = true;
    button.setAttribute('aria-expanded', 'false');
    return;
  }
  say('');
  button.disabled = true;
  try {
    if (!grant) {
      await granted(button.value);
    }
    const url = address(`share/preview/${facts.dataset.token}?file=${button.value}&grant=${encodeURIComponent(grant)}`);
    const head = await fetch(url, { method: 'HEAD' });
    place.replaceChildren(head.ok ? await shown(url, head.headers.get('Content-Type'), button.dataset.name, Number(button.dataset.size))
      : el('p.small.muted', {}, head.status === 404 ? 'There is no preview of this kind of file. Download it to see it.' : 'The preview could not be loaded.'));
    if (head.status === 403) {
      grant = null;
    }
    place.hidden = false;
    button.setAttribute('aria-expanded', 'true');
  } catch (error) {
    if (!(error instanceof Problem)) {
      throw error;
    }
    refused(error);
  } finally {
    button.disabled = false;
  }
}

/** Words for what changes while the page is open. @param {boolean} [first] then what is past is the doing of a clock that is wrong, and a reload would not end */
function live(first = false) {
  for (const time of document.querySelectorAll('time[data-live]')) {
    time.textContent = fromNow(time.dateTime);
    time.title = dateTime(time.dateTime);
    if (!first && new Date(time.dateTime) <= Date.now()) {
      location.reload();
      return;
    }
  }
}

function start() {
  for (const size of document.querySelectorAll('[data-bytes]')) {
    size.title = `${Number(size.dataset.bytes).toLocaleString()} bytes`;
    size.textContent = bytes(Number(size.dataset.bytes));
  }
  for (const line of document.querySelectorAll('code[data-copy]')) {
    line.replaceWith(copyLine(line.textContent, line.dataset.copy));
  }
  for (const button of document.querySelectorAll('button[data-preview]')) {
    button.hidden = false;
    button.addEventListener('click', () => preview(button));
  }
  live(true);
  const ahead = [...document.querySelectorAll('time[data-live]')].every(time => new Date(time.dateTime) > Date.now());
  setInterval(() => live(!ahead), 30_000);
  if (form) {
    form.addEventListener('submit', event => {
      event.preventDefault();
      download(event.submitter || form.querySelector('button'));
    });
  }
}

if (facts) {
  start();
}
