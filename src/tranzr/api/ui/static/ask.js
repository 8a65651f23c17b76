// A question before something that cannot be undone.
import { el } from './base.js';

/** @param {string} question @param {string} yes what the button says that does it @returns {Promise<boolean>} */
export function ask(question, yes) {
  return new Promise(resolve => {
    const text = el('p', { id: 'question' }, question);
    const no = el('button', { value: '', autofocus: true }, 'Keep');
    const box = el('dialog', { aria: { labelledby: 'question' }, onclose: () => {
      box.remove();
      resolve(box.returnValue === 'yes');
    } }, el('form.stack', { method: 'dialog' }, text, el('div.row', {}, el('button.danger', { value: 'yes' }, yes), no)));
    document.body.append(box);
    box.showModal();
  });
}
