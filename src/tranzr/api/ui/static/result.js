// What a person gets when everything has arrived: the link, in all the ways to hand it on.
import { ask } from './ask.js';
import { bytes, copyLine, dateTime, el, fromNow, toast } from './base.js';
import { State } from './upload.js';

/** @param {Parcel} parcel that is done @returns {HTMLElement[]} what its card shows */
export function result(parcel) {
  const sent = parcel.uploads.filter(upload => upload.state === State.DONE);
  const size = sent.reduce((sum, upload) => sum + upload.size, 0);
  const title = el('div.stack', {}, el('h2', {}, parcel.links.length === 1 ? 'Your link is ready' : `Your ${parcel.links.length} links are ready`),
    el('p.small.muted', {}, `${sent.length === 1 ? sent[0].name : `${sent.length} files`}, ${bytes(size)}, verified. ${terms(parcel.links[0])}`));
  return [title, ...parcel.links.map(link => linkOf(link, sent)), details(sent), buttons(parcel)];
}

function terms(link) {
  const time = link.expires_at ? `Works until ${dateTime(link.expires_at)} (${fromNow(link.expires_at)})` : 'Works without end';
  return `${time}, ${link.max_downloads === null ? 'any number of downloads' : link.max_downloads === 1 ? 'one download' : `${link.max_downloads} downloads`}.`;
}

function linkOf(link, sent) {
  const url = link.share_url;
  const lines = el('div.stack', {}, el('span.label', {}, 'Link'), copyLine(url, 'link'));
  if (link.protected && link.password) {
    lines.append(el('span.label', {}, 'Password, shown only now'), copyLine(link.password, 'password'));
  }
  if (navigator.share) {
    lines.append(el('button', { type: 'button', onclick: () => navigator.share({ title: sent[0].name, url }).catch(() => {}) }, 'Share…'));
  }
  // With -u and a name alone curl asks for the password, so that it is in no list of processes.
  const quoted = `'${url.replaceAll('\'', '\'\\\'\'')}'`;
  lines.append(el('details', {}, el('summary.small', {}, 'On the command line'), el('div.stack', {}, el('span.label', {}, 'curl'),
    copyLine(`curl -OJ ${link.protected ? '-u any ' : ''}${quoted}`, 'curl line'), el('span.label', {}, 'Tranzr, resumes and verifies'), copyLine(`tranzr receive ${quoted}`, 'command line'))));
  const canvas = el('canvas', { width: 288, height: 288, role: 'img', aria: { label: 'QR code of the link' } });
  draw(url, canvas);
  return el('div.result', {}, lines, canvas);
}

async function draw(text, canvas) {
  try {
    const { default: QrCreator } = await import('./vendor/qr-creator.js');
    QrCreator.render({ text, size: 288, radius: 0, ecLevel: 'M', fill: '#10201c', background: '#ffffff' }, canvas);
  } catch {
    canvas.hidden = true;
  }
}

function details(sent) {
  const sums = el('dl.facts.sums', {}, ...sent.slice(0, 1000).flatMap(upload => [el('dt', {}, upload.name), el('dd.mono', {}, upload.result.sha256)]));
  return el('details', {}, el('summary.small', {}, 'SHA-256'), sums);
}

function buttons(parcel) {
  const one = parcel.uploads.length === 1;
  const remove = el('button.small.quiet.danger', { type: 'button' }, one ? 'Delete the file' : 'Delete the files');
  remove.addEventListener('click', async () => {
    if (!await ask(`Delete ${one ? 'the file' : 'the files'} from the server? The link ends at once.`, 'Delete')) {
      return;
    }
    remove.disabled = true;
    try {
      await parcel.remove();
      toast('Deleted.');
    } catch (problem) {
      remove.disabled = false;
      toast(`Not deleted: ${problem.message}`);
    }
  });
  return el('div.row.spread', {}, remove);
}
