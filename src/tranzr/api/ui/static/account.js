// Who is logged in, where else, and the second factor.
import { Problem, address, byId, call, copyLine, dateTime, el, frame, fromNow, requireSession, session, toast } from './base.js';
import QrCreator from './vendor/qr-creator.js';

const QR_SIZE = 208;
const ENDED = new Set(['session_expired', 'token_required', 'wrong_token']);
const FACTOR_WORDS = {
  none: 'An authenticator app shows a code that is asked for before anything is deleted or shared for others. Whoever steals the token alone cannot do that.',
  enrolled: 'A code is asked for before anything is deleted or shared for others, once in five minutes.',
};

/** Says what went wrong, or goes to the login page when the login is over. */
function tell(problem) {
  if (!(problem instanceof Problem)) {
    throw problem;
  }
  if (ENDED.has(problem.code)) {
    location.assign(`${address('login')}?next=account`);
    return;
  }
  byId('problem').textContent = problem.message;
  byId('problem').hidden = false;
}

/** Does it by a button, which is off meanwhile. */
async function act(button, run) {
  byId('problem').hidden = true;
  button.disabled = true;
  try {
    await run();
  } catch (problem) {
    tell(problem);
  } finally {
    button.disabled = false;
  }
}

function showFacts(login) {
  const rights = el('span.row.tags', {}, ...login.rights.map(right => el('span.badge', {}, right)));
  const facts = [['Name', login.name], ['Rights', rights]];
  if (login.rooms.length > 0) {
    facts.push(['Rooms', login.rooms.map(room => `${room.name} (${room.role})`).join(', ')]);
  }
  facts.push(['Logged in', login.session_id ? `until ${dateTime(login.expires_at)}` : 'This server asks for no token, and so for no login.']);
  byId('facts').replaceChildren(...facts.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
  byId('facts').removeAttribute('aria-busy');
}

// --- the second factor ---------------------------------------------------------------------------

function showFactor(login) {
  const enrolled = login.second_factor === 'enrolled';
  byId('factor-state').textContent = enrolled ? 'on' : 'off';
  byId('factor-state').className = enrolled ? 'badge good' : 'badge';
  byId('factor-words').textContent = FACTOR_WORDS[login.second_factor];
  const button = enrolled
    ? el('button.small.danger', { type: 'button', id: 'remove-factor', onclick: askToRemove }, 'Take it away')
    : el('button.small', { type: 'button', id: 'enrol', onclick: enrol }, 'Set up');
  byId('factor-steps').replaceChildren(el('div.row', {}, button));
}

async function refreshFactor() {
  showFactor(await session(true));
}

/** A field for a code and what it is good for. @param {string} label of the button @param {(code: string) => Promise} run */
function codeForm(label, run) {
  const field = el('input.code', { id: 'factor-code', name: 'code', inputMode: 'numeric', autocomplete: 'one-time-code', pattern: '[0-9]{6}', maxLength: 6, required: true });
  field.setAttribute('aria-describedby', 'factor-problem');
  const said = el('p.small.bad-text', { id: 'factor-problem', role: 'alert' });
  const confirm = el('button.primary', { id: 'factor-confirm' }, label);
  const cancel = el('button.quiet', { type: 'button', onclick: () => act(cancel, refreshFactor) }, 'Cancel');
  return el('form.stack', {
    method: 'post',
    onsubmit: event => {
      event.preventDefault();
      said.textContent = '';
      act(confirm, () => run(field.value.trim()).catch(problem => complain(problem, said, field)));
    },
  }, el('label.label', { htmlFor: field.id }, 'Code of your authenticator app'), field, said, el('div.row', {}, confirm, cancel));
}

function complain(problem, said, field) {
  if (problem.code !== 'wrong_code' && problem.code !== 'invalid_value' && problem.status !== 429) {
    throw problem;
  }
  said.textContent = problem.code === 'wrong_code' ? 'This code is wrong, or was used already. Wait for the next one.' : problem.message;
  field.setAttribute('aria-invalid', 'true');
  field.select();
}

function enrol(event) {
  act(event.currentTarget, async () => {
    const made = await call('totp', { method: 'POST' }).catch(problem => {
      if (problem.code === 'not_for_operator') {
        byId('factor-words').textContent = 'The token given at the server’s start has none. Make a token of your own for daily use; that one can have it.';
        byId('factor-steps').replaceChildren();
        return null;
      }
      throw problem;
    });
    if (made) {
      showSecret(made);
    }
  });
}

function showSecret(made) {
  const code = el('canvas.qr', { width: QR_SIZE, height: QR_SIZE, role: 'img', aria: { label: 'QR code of the secret, for an authenticator app' } });
  QrCreator.render({ text: made.otpauth_uri, radius: 0, ecLevel: 'M', fill: '#17211f', background: '#ffffff', size: QR_SIZE }, code);
  byId('factor-words').textContent = 'Scan this with an authenticator app, or type the secret in. It is shown just once.';
  byId('factor-steps').replaceChildren(el('div.enrolment', {}, code,
    el('div.stack.grow', {}, el('span.label', {}, 'Secret'), copyLine(made.secret, 'secret'), codeForm('Confirm', confirmFactor))));
  byId('factor-code').focus();
}

async function confirmFactor(code) {
  await call('totp/confirm', { json: { code } });
  await refreshFactor();
  toast('The second factor is on.');
  byId('remove-factor').focus();
}

function askToRemove() {
  byId('factor-steps').replaceChildren(codeForm('Take it away', async code => {
    await call('totp', { method: 'DELETE', json: { code } });
    await refreshFactor();
    toast('The second factor is off.');
    byId('enrol').focus();
  }));
  byId('factor-code').focus();
}

// --- sessions ------------------------------------------------------------------------------------

const BROWSERS = [['Edg/', 'Edge'], ['OPR/', 'Opera'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari'], ['curl/', 'curl']];
const SYSTEMS = [['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Android', 'Android'], ['Windows', 'Windows'], ['Mac OS X', 'macOS'], ['CrOS', 'ChromeOS'], ['Linux', 'Linux']];

/** Such as `Firefox on Windows`; what is unknown is told as it came. @param {string} agent a User-Agent */
export function browserName(agent) {
  const found = list => (list.find(([mark]) => agent.includes(mark)) || [])[1];
  const [browser, system] = [found(BROWSERS), found(SYSTEMS)];
  return browser && system ? `${browser} on ${system}` : browser || system || agent || 'A browser that does not say which';
}

async function showSessions() {
  const open = await call('sessions?limit=100');
  byId('end-others').hidden = open.length < 2;
  byId('session-list').replaceChildren(...open.map(sessionLine));
  byId('session-list').removeAttribute('aria-busy');
}

function sessionLine(one) {
  const name = browserName(one.user_agent);
  const end = el('button.small', { type: 'button', aria: { label: `End ${name}, since ${dateTime(one.created_at)}` }, onclick: () => act(end, () => endSession(one)) }, 'End');
  return el('li.row', { data: { session: one.session_id } },
    el('div.grow', {}, el('div', { title: one.user_agent }, name),
      el('div.small.muted', {}, `${one.address} · since ${dateTime(one.created_at)} · ends ${fromNow(one.expires_at)}`)),
    one.current ? el('span.badge.good', {}, 'this browser') : end);
}

async function endSession(one) {
  await call(`sessions/${one.session_id}`, { method: 'DELETE' }).catch(problem => {
    if (problem.code !== 'session_not_found') {
      throw problem;
    }
  });
  await showSessions();
  toast('That browser is logged out.');
  byId('sessions-title').focus();
}

async function endOthers() {
  await call('sessions', { method: 'DELETE' });
  await showSessions();
  toast('All other browsers are logged out.');
}

async function logOut() {
  await call('logout', { method: 'POST' });
  location.assign(address('login'));
}

async function begin() {
  try {
    const login = await requireSession();
    showFacts(login);
    if (login.session_id) {
      byId('factor').hidden = false;
      byId('sessions').hidden = false;
      byId('sessions-title').tabIndex = -1;
      byId('end-others').addEventListener('click', event => act(event.currentTarget, endOthers));
      byId('logout').addEventListener('click', event => act(event.currentTarget, logOut));
      showFactor(login);
      await showSessions();
    }
  } catch (problem) {
    tell(problem);
  }
}

frame();
begin();
