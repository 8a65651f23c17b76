// The figures at the top: health, what is stored, the disk, what succeeded.
import { byId, bytes, duration, el } from './base.js';

const STATES = { uploading: 'uploading', initialized: 'just begun', pending_assembly: 'being verified', expired: 'expired' };

/** @param {{ready: boolean, reasons: string[], version: string}} health @param {{uptime_seconds: number}} stats */
export function showHealth(health, stats) {
  const place = byId('health');
  place.textContent = !health.ready ? 'Takes no work' : health.reasons.length > 0 ? 'Needs a look' : 'All is well';
  place.classList.toggle('bad-text', !health.ready);
  place.classList.toggle('warn-text', health.ready && health.reasons.length > 0);
  byId('reasons').replaceChildren(...health.reasons.map(reason => el('li', {}, reason)));
  byId('uptime').textContent = `Up for ${duration(stats.uptime_seconds)}, version ${health.version}`;
}

/** @param {object} stats as GET /stats tells them */
export function showFigures(stats) {
  const { uploads, disk, totals } = stats;
  byId('stored').textContent = bytes(stats.bytes_stored);
  const others = Object.keys(STATES).filter(state => uploads[state] > 0).map(state => `${count(uploads[state])} ${STATES[state]}`);
  byId('states').textContent = [`${count(uploads.completed)} ${uploads.completed === 1 ? 'file' : 'files'}`, ...others].join(', ');
  showDisk(disk);
  byId('success').textContent = stats.success_rate === null ? 'Nothing yet' : `${(Math.floor(stats.success_rate * 1000) / 10).toFixed(1)} %`;
  byId('totals').textContent = `Since the start ${count(totals.uploads_completed + totals.downloads_completed)} done, ${
    count(totals.uploads_failed + totals.downloads_failed)} failed; ${bytes(totals.bytes_in)} in, ${bytes(totals.bytes_out)} out`;
}

function showDisk(disk) {
  const known = disk.total !== null && disk.total > 0;
  byId('free').textContent = known ? `${bytes(disk.free)} free` : 'Unknown';
  byId('disk').hidden = !known;
  byId('disk-words').textContent = known ? `of ${bytes(disk.total)}${disk.reserve ? `, ${bytes(disk.reserve)} kept in reserve` : ''}` : '';
  if (known) {
    byId('disk').value = 1 - disk.free / disk.total;
    byId('disk').classList.toggle('bad', disk.free <= disk.reserve);
  }
}

/** With separators. @param {number} number */
export function count(number) {
  return new Intl.NumberFormat('en').format(number);
}
