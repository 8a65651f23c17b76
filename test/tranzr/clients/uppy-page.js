// A page with Uppy and its tus plugin, as an application would have it. What its address holds after '?' is JSON: options of the plugin.
import Uppy from '@uppy/core';
import Tus from '@uppy/tus';

const said = document.querySelector('#said');
const say = (...words) => { said.append(words.join(' ') + '\n'); };

const uppy = new Uppy({ autoProceed: true, allowMultipleUploadBatches: true }).use(Tus, {
  retryDelays: [0, 100, 300, 1000, 3000],
  ...JSON.parse(decodeURIComponent(location.search.slice(1)) || '{}'),
  onAfterResponse: (request, answer) => {
    const offset = answer.getHeader('Upload-Offset');
    say(request.getMethod(), answer.getStatus(), ...(Number(offset) ? [offset] : []));
  },
});
uppy.on('upload-success', (file, answer) => {
  const sum = answer.body.xhr.getResponseHeader('X-Content-SHA256');
  say('sent', file.name, answer.uploadURL, ...(sum ? [sum] : []));
});
uppy.on('upload-error', (file, error) => say('failed', file.name, error.message));
uppy.on('complete', result => say('complete', result.successful.length, result.failed.length));

document.querySelector('#file').addEventListener('change', event => {
  for (const file of event.target.files) {
    uppy.addFile({ source: 'file input', name: file.name, type: file.type, data: file });
  }
});
window.uppy = uppy;
say('ready');
