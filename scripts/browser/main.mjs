// Asks for every description of the tests, and writes or checks the records. Started by scripts/browser-agreement.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { Chromium } from './chromium.mjs';
import { PRELUDE } from './questions.mjs';

const TESTDATA = 'testdata/sdp';
const CORPUS_RECORD = join(TESTDATA, 'browser', 'chromium.json');
// Who wrote a description of the corpus, as its index says it, where that is a browser.
const BROWSERS = /^(Chrome|Firefox|Safari|libwebrtc|Edge|webrtc)/;

// Which offer an answer is to where names do not tell.
const OFFERS = {
  'negotiate/answer.sdp': 'offer.sdp',
  'negotiate/chrome-answer.sdp': 'negotiate/chrome-offer.sdp',
  'negotiate/sfu-answer.sdp': 'negotiate/chrome-offer.sdp',
  'negotiate/swapped-answer.sdp': 'negotiate/chrome-offer.sdp',
};

const PARTNERS = [['-offer.sdp', '-answer.sdp'], ['-older.sdp', '-newer.sdp']].flatMap((two) => [two, [...two].reverse()]);

const [profile, program, option] = process.argv.slice(2);
if (option !== undefined && option !== '--check') {
  console.error('browser-agreement: the only option is --check');
  process.exit(2);
}
const checks = option === '--check';

const browser = await Chromium.start(program, profile, PRELUDE);
const head = { browser: 'Chromium', version: await browser.version() };
const corpus = process.env.RTCSCOPE_CORPUS && join(process.env.RTCSCOPE_CORPUS, 'sdp');
const records = new Map();
const counts = { accepted: 0, refused: 0 };
for (const question of ours()) {
  const answer = await ask(TESTDATA, question);
  records.set(join(TESTDATA, question.file.replace(/\.sdp$/, '.expect.json')), { ...head, ...answer });
}
if (corpus) {
  const files = {};
  for (const question of theirs()) files[question.file] = await ask(corpus, question);
  records.set(CORPUS_RECORD, { ...head, files });
} else {
  console.error('RTCSCOPE_CORPUS is not set: the descriptions from the field are left out');
}
await browser.stop();

const status = checks ? compare() : write();
console.log(`${head.browser} ${head.version}: ${counts.accepted} accepted, ${counts.refused} refused`);
process.exit(status);

async function ask(root, { file, action, question, first }) {
  const text = (name) => readFileSync(join(root, name), 'utf8');
  const told = await browser.ask(question, ...(first ? [text(first)] : []), text(file));
  const answer = told ?? { accepted: false, error: 'the page crashed' };
  counts[answer.accepted ? 'accepted' : 'refused'] += 1;
  const { accepted, error = null, ...more } = answer;
  return { action, accepted, error, ...more };
}

// What is asked of a description that stands alone, and of one that belongs to the one before.
function alone(file, isAnswer) {
  return isAnswer
    ? { file, question: 'loneAnswer', action: 'answer to an offer of its own' }
    : { file, question: 'remoteOffer', action: 'offer' };
}

function pair(first, file, isUpdate) {
  return isUpdate
    ? { first, file, question: 'remoteUpdate', action: `offer after ${relative(dirname(file), first)}` }
    : { first, file, question: 'remoteAnswer', action: `answer to ${relative(dirname(file), first)}` };
}

// The descriptions of this project. In a folder where each is an -offer with its -answer, or an -older with its -newer,
// two belong together; elsewhere each stands alone.
function* ours() {
  const files = readdirSync(TESTDATA, { recursive: true }).filter((file) => file.endsWith('.sdp')).sort();
  const folders = grouped(files);
  for (const names of folders.values()) {
    const arePairs = names.every((name) => PARTNERS.some(([side, other]) =>
      name.endsWith(side) && names.includes(name.slice(0, -side.length) + other)));
    for (const file of names) {
      const first = file.replace(/-answer\.sdp$/, '-offer.sdp').replace(/-newer\.sdp$/, '-older.sdp');
      if (OFFERS[file]) yield pair(OFFERS[file], file, false);
      else if (arePairs && first !== file) yield pair(first, file, file.endsWith('-newer.sdp'));
      else yield alone(file, /answer/.test(basename(file)));
    }
  }
}

function grouped(files) {
  const folders = new Map();
  for (const file of files) folders.set(dirname(file), [...(folders.get(dirname(file)) ?? []), file]);
  return folders;
}

// Those of the corpus that browsers wrote, and its pairs. An answer is told by its DTLS role: offers of browsers leave
// that open.
function* theirs() {
  const rows = readFileSync(join(corpus, 'index.tsv'), 'utf8').trimEnd().split('\n').slice(1);
  for (const [file, , , ...writer] of rows.map((row) => row.split('\t'))) {
    if (!file.startsWith('sdp/') || !writer.some((told) => BROWSERS.test(told))) continue;
    const roles = readFileSync(join(corpus, file), 'utf8').match(/^a=setup:\w+/gm) ?? [];
    yield alone(file, roles.length > 0 && roles.every((role) => !role.endsWith('actpass')));
  }
  const expected = JSON.parse(readFileSync(join(corpus, 'expected.json'), 'utf8')).pairs;
  const updates = Object.values(expected).filter(({ compare }) => compare.startsWith('offer/offer'));
  const isUpdate = new Set(updates.map(({ answer }) => answer));
  for (const file of readdirSync(join(corpus, 'pairs')).sort()) {
    const path = `pairs/${file}`;
    const first = path.replace(/-answer\.sdp$/, '-offer.sdp');
    yield first === path ? alone(path, false) : pair(first, path, isUpdate.has(path));
  }
}

function write() {
  for (const [file, record] of records) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text(record));
  }
  for (const file of stale()) rmSync(file);
  return 0;
}

// Another version may say the same.
function compare() {
  const differing = [...stale()];
  for (const [file, record] of records) {
    const old = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    if (JSON.stringify({ ...old, version: '' }) === JSON.stringify({ ...record, version: '' })) continue;
    differing.push(file);
    for (const [name, answer] of Object.entries(record.files ?? {})) {
      if (JSON.stringify(answer) !== JSON.stringify(old.files?.[name])) differing.push(`${file}: ${name}`);
    }
  }
  for (const file of differing) console.log(`differs: ${file}`);
  return differing.length > 0 ? 1 : 0;
}

// Records whose description is gone.
function stale() {
  const files = readdirSync(TESTDATA, { recursive: true }).filter((file) => file.endsWith('.expect.json'));
  return files.map((file) => join(TESTDATA, file)).filter((file) => !records.has(file));
}

function text(record) {
  return `${JSON.stringify(record, null, 2)}\n`;
}
