// The share links of one file: made, seen, revoked; and who used them or tried to.
import { bytes, call, copyLine, dateTime, el, fromNow, toast } from './base.js';
import { callWithCode } from './secondfactor.js';

const ATTEMPTS = 20;
const LIVES = [[60, 'an hour'], [24 * 60, 'a day'], [7 * 24 * 60, 'a week'], [30 * 24 * 60, '30 days'], ['none', 'for ever']];

/** @param {{file_id: string}} file @returns {HTMLElement} its links, which are asked for, and a form for another one */
export function linksPart(file) {
  const list = el('ul.plain.links', {}, el('li.small.muted', {}, 'Asking for its links…'));
  const refresh = async () => {
    try {
      const shares = await call(`shares?file_id=${file.file_id}&limit=100`);
      list.replaceChildren(...shares.length > 0 ? shares.map(share => linkRow(share, refresh)) : [el('li.small.muted', {}, 'It has no link.')]);
    } catch (problem) {
      list.replaceChildren(el('li.small.bad-text', {}, problem.message));
    }
  };
  refresh();
  return el('section.stack', { aria: { labelledby: 'links-title' } }, el('h3', { id: 'links-title' }, 'Links'), list, maker(file, refresh));
}

function linkRow(share, refresh) {
  const used = share.max_downloads === null ? `${share.downloads} downloads` : `${share.downloads} of ${share.max_downloads} downloads`;
  const over = share.expires_at && new Date(share.expires_at) <= Date.now() || share.max_downloads !== null && share.downloads >= share.max_downloads;
  const terms = [used, share.expires_at ? `${new Date(share.expires_at) <= Date.now() ? 'expired' : 'ends'} ${fromNow(share.expires_at)}` : 'never ends', share.protected ? 'with a password' : 'without a password',
    share.one_time ? 'one download only' : null, share.addresses.length > 0 ? `from ${share.addresses.join(', ')}` : null].filter(Boolean).join(', ');
  const attempts = el('details.small', { ontoggle: event => event.target.open && showAttempts(share, attempts) }, el('summary', {}, 'Who used it or tried to'), el('div', {}));
  return el('li.stack', { data: { share: share.share_id } },
    el('div.row.spread', {}, el('span', {}, `Made ${fromNow(share.created_at)}`, over ? el('span.badge', {}, 'over') : null),
      el('button.small.danger', { type: 'button', aria: { label: `Revoke the link made ${dateTime(share.created_at)}` }, onclick: () => revoke(share, refresh) }, 'Revoke')),
    el('p.small.muted', {}, terms), attempts);
}

async function revoke(share, refresh) {
  try {
    if (await callWithCode(`shares/${share.share_id}`, { method: 'DELETE' }) !== undefined) {
      toast('The link opens nothing any more.');
    }
  } catch (problem) {
    toast(problem.message);
  }
  await refresh();
}

async function showAttempts(share, place) {
  const rows = place.lastElementChild;
  try {
    const attempts = await call(`shares/${share.share_id}/attempts?limit=${ATTEMPTS}`);
    rows.replaceChildren(attempts.length === 0 ? el('p.muted', {}, 'Nobody yet.') : el('table', {},
      el('thead', {}, el('tr', {}, ...['When', 'From', 'What', 'Bytes'].map(name => el('th', { scope: 'col' }, name)))),
      el('tbody', {}, ...attempts.map(attemptRow))));
  } catch (problem) {
    rows.replaceChildren(el('p.bad-text', {}, problem.message));
  }
}

function attemptRow(attempt) {
  const what = attempt.page ? 'looked at the page' : attempt.result === 'ok' ? 'downloaded' : attempt.result.replaceAll('_', ' ');
  return el('tr', {}, el('td', { title: dateTime(attempt.time) }, fromNow(attempt.time)), el('td', {}, attempt.address), el('td', {}, what), el('td.nums', {}, bytes(attempt.bytes)));
}

function maker(file, refresh) {
  const life = el('select', { id: 'link-life' }, ...LIVES.map(([value, name]) => el('option', { value, selected: value === 24 * 60 }, name)));
  const most = el('input', { id: 'link-most', type: 'number', min: 1, step: 1, value: 5, placeholder: 'no limit' });
  const secret = el('input', { id: 'link-password', type: 'checkbox', checked: true });
  const result = el('div.stack', { role: 'status' });
  const terms = () => ({ expire_minutes: life.value === 'none' ? null : Number(life.value), max_downloads: most.value === '' ? null : Number(most.value), protected: secret.checked });
  const form = el('form.stack', { onsubmit: event => { event.preventDefault(); make(file, terms(), result, refresh); } },
    el('div.fields', {}, el('div.field', {}, el('label', { htmlFor: 'link-life' }, 'For'), life), el('div.field', {}, el('label', { htmlFor: 'link-most' }, 'Downloads, empty for no limit'), most)),
    el('label.row', { htmlFor: 'link-password' }, secret, 'With a password, which is made up'), el('div.row', {}, el('button.primary', {}, 'Make the link')));
  return el('details', {}, el('summary', {}, 'Another link'), form, result);
}

async function make(file, terms, result, refresh) {
  try {
    const made = await call(`share/create/${file.file_id}`, { json: terms });
    result.replaceChildren(el('p.small.muted', {}, 'Told just now and never again:'), copyLine(made.share_url, 'the link'), ...made.password ? [copyLine(made.password, 'the password')] : []);
    await refresh();
  } catch (problem) {
    result.replaceChildren(el('p.small.bad-text', { role: 'alert' }, problem.message));
  }
}
