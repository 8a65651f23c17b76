// What went wrong: requests that failed, by code, and the last lines of the log.
import { byId, call, dateTime, el } from './base.js';
import { count } from './figures.js';

const FAILURES_SHOWN = 12;
const LINES = 200;
const LOOKS = { SEVERE: 'bad', ERROR: 'bad', WARNING: 'warn' };

/** @param {{code: string, count: number}[]} failures the most frequent first */
export function showFailures(failures) {
  byId('no-errors').hidden = failures.length > 0;
  byId('errors').hidden = failures.length === 0;
  byId('errors').tBodies[0].replaceChildren(...failures.slice(0, FAILURES_SHOWN).map(failure =>
    el('tr', {}, el('td', {}, el('code', {}, failure.code)), el('td.number.nums', {}, count(failure.count)))));
}

/** Asks for the log and shows it, unless it is as it was: what somebody reads, or marks, stays still. */
export async function showLog() {
  const lines = (await call(`log?limit=${LINES}`)).filter(line => !byId('warnings').checked || line.level in LOOKS);
  const place = byId('log');
  const key = JSON.stringify(lines.length > 0 ? [lines.length, lines[0], lines.at(-1)] : []);
  if (place.dataset.key === key) {
    return;
  }
  place.dataset.key = key;
  byId('no-log').hidden = lines.length > 0;
  place.hidden = lines.length === 0;
  place.replaceChildren(...lines.map(line => el('li', {},
    el('span.muted.nums', { title: line.at }, dateTime(line.at)), ' ',
    LOOKS[line.level] ? el(`span.badge.${LOOKS[line.level]}`, {}, line.level.toLowerCase()) : null, ' ', el('span', { title: line.logger }, line.message))));
}

/** Lets the choice of what is shown take effect. */
export function startLog() {
  byId('warnings').addEventListener('change', () => showLog().catch(() => {}));
}
