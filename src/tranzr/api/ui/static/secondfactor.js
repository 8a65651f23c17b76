// Asks for the code of the second factor where the API wants one.
import { call, el, session } from './base.js';

const WANTED = new Set(['second_factor_required', 'wrong_code', 'too_many_attempts']);

/**
 * As `call`, and asks for a code for as long as the server wants one.
 * @param {string} path @param {object} how as `call` takes it
 * @returns {Promise<any>} undefined when the person would not give one
 */
export async function callWithCode(path, how) {
  let code = null;
  while (true) {
    try {
      return await call(path, { ...how, headers: { ...how.headers, ...code && { 'X-TOTP-Code': code } } });
    } catch (problem) {
      if (!WANTED.has(problem.code) || problem.code === 'too_many_attempts' && code === null) {
        throw problem;
      }
      code = await askCode(code === null ? '' : problem.message);
      if (code === null) {
        return undefined;
      }
    }
  }
}

/**
 * Has a session show its code before something is promised that will need it only later.
 * @returns {Promise<boolean>} false when the person would not give one
 */
export async function prove() {
  const login = await session(true);
  if (!login || !login.session_id || login.second_factor !== 'enrolled' || login.proven_until && new Date(login.proven_until) - Date.now() > 60000) {
    return true;
  }
  let objection = '';
  while (true) {
    const code = await askCode(objection);
    if (code === null) {
      return false;
    }
    try {
      await call('session/prove', { json: { code } });
      await session(true);
      return true;
    } catch (problem) {
      if (problem.code !== 'wrong_code' && problem.code !== 'too_many_attempts' && problem.code !== 'invalid_value') {
        throw problem;
      }
      objection = problem.message;
    }
  }
}

/** @param {string} objection to the code before; empty for none @returns {Promise<?string>} null when it was dismissed */
function askCode(objection) {
  return new Promise(resolve => {
    const field = el('input', { id: 'code', inputMode: 'numeric', autocomplete: 'one-time-code', required: true, pattern: '[0-9 ]{6,8}', maxLength: 8 });
    const why = el('p.small.bad-text', { id: 'code-objection', role: 'alert' }, objection);
    field.setAttribute('aria-describedby', 'code-objection');
    let given = null;
    const form = el('form.stack', { method: 'dialog', onsubmit: () => { given = field.value.replaceAll(' ', ''); } },
      el('h2', { id: 'code-title' }, 'Second factor'), el('p', {}, 'This asks for a code of your authenticator app.'),
      el('div.field', {}, el('label', { htmlFor: 'code' }, 'Code, six digits'), field), why,
      el('div.row', {}, el('button.primary', {}, 'Go on'), el('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel')));
    const dialog = el('dialog', { aria: { labelledby: 'code-title' }, onclose: () => { dialog.remove(); resolve(given); } }, form);
    document.body.append(dialog);
    dialog.showModal();
  });
}
