// Logging in: the token first, then a code where the token has a second factor.
import { ROOT, byId, call, frame, session } from './base.js';

const WORDS = {
  wrong_token: 'This token opens nothing. It may have been revoked, or a character is missing.',
  wrong_code: 'This code is wrong, or was used already. Wait for the next one.',
  address_not_allowed: 'This token may not be used from your address.',
  network: 'The server cannot be reached. Check the network and try again.',
};

/**
 * Where to go after the login: a page of this server, never another site's, whatever the address says.
 * @param {string} search of the page's address @returns {string}
 */
export function target(search) {
  const wanted = new URLSearchParams(search).get('next') || '';
  try {
    const found = new URL(wanted, ROOT);
    // Of the same origin and below the server's own path: neither //host nor javascript: passes.
    return found.origin === ROOT.origin && found.pathname.startsWith(ROOT.pathname) ? found.href : ROOT.href;
  } catch {
    return ROOT.href;
  }
}

/** What to say of a refusal. @param {import('./base.js').Problem} problem */
function words(problem) {
  if (problem.code === 'too_many_attempts' || problem.status === 429) {
    return problem.retryAfter ? `Too many attempts. Try again in ${problem.retryAfter} s.` : 'Too many attempts. Try again later.';
  }
  return WORDS[problem.code] || problem.message;
}

function complain(field, problem) {
  byId(`${field}-problem`).textContent = problem ? words(problem) : '';
  byId(field).setAttribute('aria-invalid', String(Boolean(problem)));
  if (problem) {
    byId(field).focus();
    byId(field).select();
  }
}

function leave() {
  location.replace(target(location.search));
}

/** Runs it once at a time: the button that starts it is off meanwhile. */
async function once(button, run) {
  if (button.disabled) {
    return;
  }
  button.disabled = true;
  try {
    await run();
  } finally {
    button.disabled = false;
  }
}

async function enter() {
  complain('token', null);
  let login;
  try {
    login = await call('login', { json: { token: byId('token').value.trim() }, anonymous: true });
  } catch (problem) {
    complain('token', problem);
    return;
  }
  await session(true);
  if (login.second_factor === 'enrolled' && !login.proven_until) {
    askForCode();
  } else {
    leave();
  }
}

function askForCode() {
  byId('by-token').hidden = true;
  byId('known').hidden = true;
  byId('by-code').hidden = false;
  byId('code').focus();
}

async function prove() {
  complain('code', null);
  try {
    await call('session/prove', { json: { code: byId('code').value.trim() } });
  } catch (problem) {
    complain('code', problem);
    return;
  }
  leave();
}

function toggle() {
  const shown = byId('token').type === 'password';
  byId('token').type = shown ? 'text' : 'password';
  byId('show').textContent = shown ? 'Hide' : 'Show';
  byId('show').setAttribute('aria-pressed', String(shown));
}

function listen() {
  byId('by-token').addEventListener('submit', event => {
    event.preventDefault();
    once(byId('enter'), enter);
  });
  byId('by-code').addEventListener('submit', event => {
    event.preventDefault();
    once(byId('prove'), prove);
  });
  byId('later').addEventListener('click', leave);
  byId('show').addEventListener('click', toggle);
}

async function begin() {
  if (!isSecureContext) {
    byId('insecure').hidden = false;
    byId('by-token').hidden = true;
    return;
  }
  listen();
  byId('token').focus();
  const found = await session().catch(() => null);
  if (found && found.session_id) {
    byId('known-name').textContent = found.name;
    byId('known-next').href = target(location.search);
    byId('known').hidden = false;
  } else if (found) {
    byId('tokenless').hidden = false;
    byId('by-token').hidden = true;
  }
}

frame();
begin();
