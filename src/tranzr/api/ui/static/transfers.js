// What is under way, a row each, and what has ended lately.
import { byId, bytes, dateTime, duration, el, fromNow, speed } from './base.js';

const ENDED_SHOWN = 100;
const ACTIVE = new Set(['active', 'waiting', 'verifying']);
const STATES = { waiting: 'Waiting for the client', verifying: 'Verifying' };
const NEWS_PAUSE = 3000;

/** By transfer_id: the transfer as it was told last, and the parts of its row. */
const rows = new Map();
const known = new Set();
let first = true;
let news = [];
let newsTimer = null;

/** Whether anything moves, so that it has to be asked for often. */
export function isAnyActive() {
  return rows.size > 0;
}

/** @param {object[]} transfers as GET /transfers tells them @returns {boolean} whether one has ended since the last time */
export function showTransfers(transfers) {
  const active = transfers.filter(transfer => ACTIVE.has(transfer.state));
  const ended = transfers.filter(transfer => !ACTIVE.has(transfer.state)).sort((a, b) => b.ended_at.localeCompare(a.ended_at));
  const ids = new Set(active.map(transfer => transfer.transfer_id));
  for (const [id, row] of rows) {
    if (!ids.has(id)) {
      row.element.remove();
      rows.delete(id);
    }
  }
  active.forEach(update);
  showSum();
  showEnded(ended.slice(0, ENDED_SHOWN));
  return announce(ended);
}

/** An event of the stream moves the bar at once. @param {string} type @param {object} event */
export function heard(type, event) {
  if (type !== 'file-upload-progress') {
    return;
  }
  for (const row of rows.values()) {
    if (row.transfer.kind === 'upload' && row.transfer.file_id === event.fileId) {
      update({ ...row.transfer, bytes: event.bytesUploaded, total_bytes: event.totalBytes ?? row.transfer.total_bytes, percentage: event.percentage ?? null,
        speed: event.uploadSpeed, eta_seconds: event.estimatedTimeRemaining ?? null });
    }
  }
  showSum();
}

function update(transfer) {
  let row = rows.get(transfer.transfer_id);
  if (!row) {
    row = makeRow(transfer);
    rows.set(transfer.transfer_id, row);
    byId('transfers').append(row.element);
  }
  row.transfer = transfer;
  row.bar.value = transfer.percentage ?? 0;
  if (transfer.percentage === null || transfer.percentage === undefined) {
    row.bar.removeAttribute('value');
  }
  row.amount.textContent = amount(transfer);
  row.pace.textContent = pace(transfer);
  row.facts.textContent = facts(transfer);
}

function makeRow(transfer) {
  const name = transfer.filename || transfer.file_id;
  const bar = el('progress', { max: 100, value: 0, aria: { label: `${transfer.kind === 'upload' ? 'Upload' : 'Download'} of ${name}` } });
  const amountText = el('span.nums');
  const paceText = el('span.nums');
  const factsText = el('p.small.muted');
  const element = el('li.transfer', { data: { file: transfer.file_id } },
    el('div.row.spread', {}, el('span.kind', { data: { kind: transfer.kind } }, transfer.kind === 'upload' ? 'Upload' : 'Download'), el('strong.grow.truncate', { title: name }, name), amountText),
    bar, el('div.row.spread.small', {}, factsText, paceText));
  return { element, bar, amount: amountText, pace: paceText, facts: factsText, transfer };
}

function amount(transfer) {
  const whole = transfer.total_bytes === null || transfer.total_bytes === undefined ? '' : ` of ${bytes(transfer.total_bytes)}`;
  return `${bytes(transfer.bytes)}${whole}${typeof transfer.percentage === 'number' ? `, ${Math.floor(transfer.percentage)} %` : ''}`;
}

function pace(transfer) {
  if (transfer.state !== 'active') {
    return STATES[transfer.state];
  }
  return [speed(transfer.speed || 0), typeof transfer.eta_seconds === 'number' ? `${duration(transfer.eta_seconds)} left` : null].filter(Boolean).join(', ');
}

function facts(transfer) {
  return [transfer.client, agentName(transfer.user_agent), transfer.connections > 1 ? `${transfer.connections} connections` : null,
    transfer.retries > 0 ? `${transfer.retries} ${transfer.retries === 1 ? 'retry' : 'retries'}` : null,
    transfer.priority && transfer.priority !== 'normal' ? `${transfer.priority} priority` : null].filter(Boolean).join(', ');
}

/** The part of a user agent that tells clients apart: `curl/8.5.0`, or the browser's own name. */
function agentName(agent) {
  if (!agent) {
    return null;
  }
  const browser = /(Firefox|Edg|OPR|Chrome)\/(\d+)/.exec(agent) || /Version\/(\d+).*(Safari)/.exec(agent);
  return browser && agent.startsWith('Mozilla/') ? `${browser[1].replace(/^\d+$/, 'Safari')}${/^\d+$/.test(browser[2]) ? ` ${browser[2]}` : ''}` : agent.split(' ')[0].slice(0, 40);
}

function showSum() {
  const all = [...rows.values()].map(row => row.transfer);
  byId('idle').hidden = all.length > 0;
  const sum = kind => all.filter(transfer => transfer.kind === kind).reduce((total, transfer) => total + (transfer.speed || 0), 0);
  byId('transfers-sum').textContent = all.length === 0 ? '' : `${all.length} ${all.length === 1 ? 'transfer' : 'transfers'}, ${speed(sum('upload'))} in, ${speed(sum('download'))} out`;
}

function showEnded(ended) {
  const failed = ended.filter(transfer => transfer.state === 'failed').length;
  byId('ended').hidden = ended.length === 0;
  byId('ended-count').textContent = ended.length;
  byId('ended-failed').hidden = failed === 0;
  byId('ended-failed').textContent = `${failed} failed`;
  byId('ended-list').replaceChildren(...ended.map(endedRow));
}

function endedRow(transfer) {
  const failed = transfer.state === 'failed';
  const took = (new Date(transfer.ended_at) - new Date(transfer.started_at)) / 1000;
  return el('li.stack', {},
    el('div.row', {}, el(failed ? 'span.badge.bad' : 'span.badge.good', {}, failed ? 'Failed' : 'Done'), el('span.grow.truncate', { title: transfer.filename || transfer.file_id }, transfer.filename || transfer.file_id),
      el('time.small.muted', { dateTime: transfer.ended_at, title: dateTime(transfer.ended_at) }, fromNow(transfer.ended_at))),
    failed && (transfer.reason || transfer.code) ? el('p.small.bad-text', {}, [transfer.reason, transfer.code ? `(${transfer.code})` : null].filter(Boolean).join(' ')) : null,
    el('p.small.muted.nums', {}, [transfer.kind === 'upload' ? 'Upload' : 'Download', amount(transfer), `took ${duration(took)}`, facts(transfer)].filter(Boolean).join(', ')));
}

/** Screen readers hear of what ends, a few seconds' worth at a time, and of no progress. */
function announce(ended) {
  const fresh = ended.filter(each => !known.has(each.transfer_id));
  for (const transfer of fresh) {
    known.add(transfer.transfer_id);
    if (!first) {
      news.push(`${transfer.kind === 'upload' ? 'Upload' : 'Download'} of ${transfer.filename || transfer.file_id} ${transfer.state === 'failed' ? 'failed' : 'is done'}.`);
    }
  }
  const now = new Set(ended.map(transfer => transfer.transfer_id));
  known.forEach(id => now.has(id) || known.delete(id));
  first = false;
  if (news.length > 0 && newsTimer === null) {
    newsTimer = setTimeout(() => {
      byId('news').textContent = news.length > 3 ? `${news.length} transfers have ended.` : news.join(' ');
      news = [];
      newsTimer = null;
    }, NEWS_PAUSE);
  }
  return fresh.length > 0;
}
