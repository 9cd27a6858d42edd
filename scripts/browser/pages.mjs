// Opens our HTML reports in a headless Chromium as people do: on a desk and on a phone, light and dark, and printed.
//
//   node scripts/browser/pages.mjs PROFILE CHROMIUM [--shots DIR] PAGE...
//
// One JSON object a page and way of looking at it: what the console said, what was asked of the network, whether the
// page is wider than its window, and which pictures are there. tests/formats/html.rs judges them.

import { writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Chromium } from './chromium.mjs';

const [profile, program, ...rest] = process.argv.slice(2);
const shots = rest[0] === '--shots' ? rest.splice(0, 2)[1] : undefined;

const WAYS = [
  { width: 1280, scheme: 'light' },
  { width: 1280, scheme: 'dark' },
  { width: 390, scheme: 'light' },
  { width: 390, scheme: 'dark' },
];

// In the page: what is there to be seen. What scrolls within the page is no fault.
const LOOK = `(() => {
  const pictures = [...document.querySelectorAll('figure')].map((figure) => {
    const box = figure.getBoundingClientRect();
    const svg = figure.querySelector('svg');
    const drawn = svg ? svg.querySelectorAll('rect.bar, polyline.line, circle.bar').length : figure.querySelectorAll('tr').length;
    const outside = svg ? [...svg.querySelectorAll('text')].filter((text) => {
      const [inner, outer] = [text.getBoundingClientRect(), svg.getBoundingClientRect()];
      return inner.right > outer.right + 1 || inner.left < outer.left - 1 || inner.bottom > outer.bottom + 1;
    }).map((text) => text.textContent) : [];
    return { title: figure.querySelector('figcaption').textContent, height: box.height, drawn, outside };
  });
  const ink = (element) => getComputedStyle(element).color;
  return {
    width: document.documentElement.scrollWidth,
    window: innerWidth,
    heading: document.querySelector('h1')?.textContent ?? '',
    colours: [ink(document.body), getComputedStyle(document.body).backgroundColor],
    pictures,
  };
})()`;

const browser = await Chromium.start(program, profile, '');
try {
  const heard = { console: [], requests: [] };
  browser.listen((method, params) => {
    if (method === 'Runtime.consoleAPICalled') heard.console.push(params.args.map((arg) => arg.value).join(' '));
    if (method === 'Runtime.exceptionThrown') heard.console.push(params.exceptionDetails.text);
    if (method === 'Log.entryAdded') heard.console.push(params.entry.text);
    if (method === 'Network.requestWillBeSent') heard.requests.push(params.request.url);
  });
  for (const domain of ['Runtime', 'Log', 'Network', 'Page']) await browser.command(`${domain}.enable`);
  for (const page of rest) {
    const url = pathToFileURL(resolve(page)).href;
    for (const { width, scheme } of WAYS) {
      heard.console.length = heard.requests.length = 0;
      await browser.command('Emulation.setDeviceMetricsOverride', {
        width, height: 900, deviceScaleFactor: 1, mobile: width < 700,
      });
      await browser.command('Emulation.setEmulatedMedia', {
        features: [{ name: 'prefers-color-scheme', value: scheme }],
      });
      await browser.command('Page.navigate', { url });
      await ready(browser, url);
      const { result } = await browser.command('Runtime.evaluate', { expression: LOOK, returnByValue: true });
      const requests = heard.requests.filter((asked) => asked !== url && !asked.startsWith('data:'));
      const seen = { page: basename(page), scheme, size: width, console: [...heard.console], requests, ...result.value };
      console.log(JSON.stringify(seen));
      if (shots) {
        const { data } = await browser.command('Page.captureScreenshot', { captureBeyondViewport: true });
        writeFileSync(join(shots, `${basename(page, '.html')}-${width}-${scheme}.png`), Buffer.from(data, 'base64'));
      }
    }
    await browser.command('Emulation.setEmulatedMedia', { features: [] });
    const { data } = await browser.command('Page.printToPDF', {});
    const pdf = Buffer.from(data, 'base64');
    console.log(JSON.stringify({ page: basename(page), printed_bytes: pdf.length }));
    if (shots) writeFileSync(join(shots, `${basename(page, '.html')}.pdf`), pdf);
  }
} finally {
  await browser.stop();
}

async function ready(browser, url) {
  const expression = `document.readyState === 'complete' && location.href`;
  for (let tries = 0; tries < 200; tries += 1) {
    const { result } = await browser.command('Runtime.evaluate', { expression, returnByValue: true });
    if (result.value === url) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${url} is not ready`);
}
