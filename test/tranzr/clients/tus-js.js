// node tus-js.js URL FILE OPTIONS: sends the file by tus-js-client, and prints a line for each answer and one for what came of it.
// OPTIONS is JSON; what is not one of those named below goes to tus-js-client as it is.
import { createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import tus from 'tus-js-client';

const [, , endpoint, file, json = '{}'] = process.argv;
const {
  source = 'file', // 'buffer': all of it is read before; 'stream': nobody knows how much there is
  remember = null, // a file that keeps the addresses of uploads from one run to the next
  resume = false, // go on with what is remembered
  holdAfter = Infinity, // after so many answers wait for ever, until somebody ends this process
  giveUpAfter = Infinity, // after so many answers take the upload back
  ...options
} = JSON.parse(json);

const say = (...words) => console.log(words.join(' '));

const inputs = {
  file: () => createReadStream(file),
  buffer: () => readFileSync(file),
  stream: () => createReadStream(file, { highWaterMark: 50_000 }).pipe(new PassThrough()),
};

let answers = 0;

const beforeRequest = () => {
  if (answers < holdAfter) {
    return undefined;
  }
  say('holding');
  setInterval(() => {}, 60_000);
  return new Promise(() => {});
};

const afterResponse = (request, answer) => {
  answers++;
  const method = request.getHeader('X-HTTP-Method-Override');
  const words = [request.getMethod(), ...(method ? ['as', method] : []), answer.getStatus()];
  const offset = answer.getHeader('Upload-Offset');
  say(...words, ...(Number(offset) ? [offset] : []));
  if (answers === giveUpAfter) {
    setImmediate(() => upload.abort(true).then(() => say('taken back', upload.url)));
  }
};

const succeeded = ({ lastResponse }) => {
  for (const name of ['X-File-Id', 'X-Content-SHA256']) {
    const value = lastResponse.getHeader(name);
    if (value) {
      say(name, value);
    }
  }
  say('took', Math.round(performance.now() - started));
  say('done', upload.url);
};

const failed = error => {
  say('failed', error.message.replaceAll('\n', ' '));
  process.exitCode = 1;
};

if (remember && !existsSync(remember)) {
  writeFileSync(remember, '{}');
}
const upload = new tus.Upload(inputs[source](), {
  endpoint,
  retryDelays: [0, 100, 300, 1000, 3000],
  ...(remember ? { urlStorage: new tus.FileUrlStorage(remember) } : {}),
  ...options,
  onBeforeRequest: beforeRequest,
  onAfterResponse: afterResponse,
  onSuccess: succeeded,
  onError: failed,
});
if (resume) {
  const found = await upload.findPreviousUploads();
  say('remembered', found.length);
  if (found.length > 0) {
    upload.resumeFromPreviousUpload(found[0]);
  }
}
const started = performance.now();
upload.start();
