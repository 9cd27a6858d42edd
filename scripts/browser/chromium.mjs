// A headless Chromium, driven by the DevTools protocol over a pair of pipes: no port is opened, no package needed.

import { spawn } from 'node:child_process';

const FLAGS = [
  '--headless=new',
  // Root has no sandbox; what runs in the page is ours.
  '--no-sandbox',
  '--remote-debugging-pipe',
  // Nothing but the page: no updates, no reports, no names looked up.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-extensions',
  '--disable-gpu',
  '--disable-sync',
  '--metrics-recording-only',
  '--no-first-run',
  '--host-resolver-rules=MAP * ~NOTFOUND',
];

// How long one question may take before the page is taken for dead.
const PATIENCE_MS = 20_000;
// A page may have some hundred connections, and closed ones count until they are collected.
const QUESTIONS_A_PAGE = 50;

export class Chromium {
  #process;
  #calls = new Map();
  #next = 1;
  #session;
  #target;
  #asked = 0;
  #prelude;
  #listener = () => {};

  // `prelude` defines the functions that `ask` calls in the page.
  static async start(program, profile, prelude, flags = []) {
    const browser = new Chromium();
    browser.#prelude = prelude;
    browser.#process = spawn(program, [...FLAGS, ...flags, `--user-data-dir=${profile}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    browser.#listen(browser.#process.stdio[4]);
    await browser.#page();
    return browser;
  }

  async version() {
    const { product } = await this.#call('Browser.getVersion');
    return product.split('/')[1];
  }

  // Calls a function of the prelude; what it gives, or that it took the page down with it.
  async ask(name, ...values) {
    if (++this.#asked % QUESTIONS_A_PAGE === 0) await this.#page();
    const expression = `${name}(...${JSON.stringify(values)})`;
    try {
      const call = this.#call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, this.#session);
      const { result, exceptionDetails } = await within(call, PATIENCE_MS);
      if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
      return result.value;
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
      await this.#page();
      return undefined;
    }
  }

  // A command of the protocol to the page, as it is.
  command(method, params = {}) {
    return within(this.#call(method, params, this.#session), PATIENCE_MS);
  }

  // What the page tells of its own accord, from now on.
  listen(listener) {
    this.#listener = listener;
  }

  async stop() {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    await this.#call('Browser.close');
    await within(ended, PATIENCE_MS).catch(() => this.#process.kill('SIGKILL'));
  }

  // A new page in place of the last one.
  async #page() {
    if (this.#target) await this.#call('Target.closeTarget', { targetId: this.#target }).catch(() => {});
    const { targetId } = await this.#call('Target.createTarget', { url: 'about:blank' });
    this.#target = targetId;
    ({ sessionId: this.#session } = await this.#call('Target.attachToTarget', { targetId, flatten: true }));
    await this.#call('Runtime.evaluate', { expression: this.#prelude }, this.#session);
  }

  #call(method, params = {}, sessionId = undefined) {
    const id = this.#next++;
    this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.#calls.set(id, { resolve, reject, sessionId }));
  }

  // Messages are JSON, each ended by a NUL.
  #listen(pipe) {
    let rest = '';
    pipe.setEncoding('utf8');
    pipe.on('data', (part) => {
      const messages = (rest + part).split('\0');
      rest = messages.pop();
      for (const message of messages) this.#take(JSON.parse(message));
    });
    const over = () => this.#drop(() => true, new Error('the browser ended'));
    pipe.on('close', over);
    this.#process.on('error', over);
  }

  #take({ id, method, params, result, error }) {
    if (method === 'Target.detachedFromTarget' || method === 'Target.targetCrashed') {
      this.#drop((call) => call.sessionId === (params.sessionId ?? this.#session), new Gone());
    }
    if (id === undefined) this.#listener(method, params);
    const call = this.#calls.get(id);
    if (!call) return;
    this.#calls.delete(id);
    if (error) call.reject(new Error(error.message));
    else call.resolve(result);
  }

  #drop(concerns, error) {
    for (const [id, call] of this.#calls) {
      if (concerns(call)) {
        this.#calls.delete(id);
        call.reject(error);
      }
    }
  }
}

// The page crashed, or hangs.
class Gone extends Error {}

function within(promise, ms) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Gone()), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
