// Checks the pages of a running demo in a real browser.
//
//   GROUNDSWELL_ADMIN_PASSWORD=… node e2e/run.mjs --url http://127.0.0.1:8080 [--picture FILE.png] [--out DIR]
//
// It needs Chromium (CHROMIUM names it; /usr/bin/chromium otherwise) and ends with 0 when all is well.
import assert from 'node:assert/strict';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import * as sale from './sale.mjs';
import * as steps from './steps.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: { url: { type: 'string' }, picture: { type: 'string' }, out: { type: 'string', default: path.join(here, 'out') } },
});
const password = process.env.GROUNDSWELL_ADMIN_PASSWORD;
if (!options.url || !password) {
  console.error('usage: GROUNDSWELL_ADMIN_PASSWORD=… node e2e/run.mjs --url http://HOST:PORT [--picture FILE.png] [--out DIR]');
  process.exit(2);
}
const origin = new URL(options.url).origin;
await mkdir(options.out, { recursive: true });

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
const complaints = [];

/** Opens a page whose errors and requests are watched. */
async function open(settings) {
  const context = await browser.newContext({ baseURL: origin, locale: 'en-GB', reducedMotion: 'reduce', ...settings });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  page.on('console', (message) => {
    // The browser itself reports every answer of 400 and above; a refused sign-in is one, a refused rule another, a duplicate a third, a save of what was changed since a fourth.
    const refused =
      (message.text().includes('status of 401') && message.location().url.endsWith('/api/v1/session')) ||
      (message.text().includes('status of 422') && message.location().url.endsWith('/api/v1/mention-rules')) ||
      (message.text().includes('status of 409') && message.location().url.endsWith('/api/v1/leads')) ||
      (message.text().includes('status of 412') && message.location().url.includes('/api/v1/opportunities/'));
    if (message.type() === 'error' && !refused) complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    const { protocol, origin: to } = new URL(request.url());
    if (protocol !== 'data:' && to !== origin) complaints.push(`request leaves the origin: ${request.url()}`);
  });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return page;
}

const shot = (page, name) => page.screenshot({ path: path.join(options.out, `${name}.png`), fullPage: false });

async function step(name, run) {
  const begun = Date.now();
  const result = await run();
  console.log(`ok  ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
  return result;
}

async function picture(page) {
  if (!options.picture) return;
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.screenshot({ path: options.picture });
  const { size } = await stat(options.picture);
  assert.ok(size < 300_000, `the picture has ${size} bytes: want fewer than 300,000`);
}

let page;
try {
  page = await open({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  await step('a wrong password is refused, the right one signs in', () => steps.signIn(page, password, shot));
  await step('mentions arrive live, and can be paused', () => steps.live(page));
  await step('a rule on mentions is made and met', () => steps.mentionRule(page, shot));
  await step('the curve is drawn and told in words', () => steps.chart(page));
  await step('a contact is recognised and has a touch', () => steps.recognised(page, shot));
  const tools = { scenario: steps.scenario, shot, visit: steps.visit };
  const opportunity = await step('a lead was opened, is qualified and accepted', () => sale.lead(page, tools));
  await step('a firestorm is open with its reasons', () => steps.incident(page));
  await step('the picture', async () => {
    await shot(page, 'overview-light');
    await picture(page);
  });
  await step('the incident is acknowledged and explained', () => steps.acknowledge(page, shot));
  await step('an incident is cared for, and its history tells', () => steps.care(page, shot));
  await step('monitors are compared', () => steps.measures(page, shot));
  await step('two change the same opportunity', () => sale.together(page, opportunity, tools));
  await step('two leads become one, and two again', () => sale.merge(page, tools));
  await step('a product has a price', () => sale.product(page, tools));
  await step('quotes have a paper of their own', () => sale.template(page, tools));
  await step('a quote becomes an order, invoices and money', () => sale.sell(page, opportunity, tools));
  await step('hostile text is only text', () => steps.hostile(page, shot));
  await step('a monitor is created, checked and deleted', () => steps.monitor(page, shot));
  await step('somebody is added, sets their password and chooses what is sent to them', async () => {
    const other = await open({ viewport: { width: 360, height: 740 }, colorScheme: 'light' });
    await steps.person(page, other);
    await shot(other, 'person-notices');
    await other.context().close();
  });
  await step('the keyboard reaches everything', () => steps.keyboard(page));
  const state = await page.context().storageState();
  for (const colorScheme of ['light', 'dark']) {
    for (const [device, viewport] of [['desktop', { width: 1280, height: 800 }], ['phone', { width: 360, height: 740 }]]) {
      await step(`every page, ${colorScheme}, ${device}`, async () => {
        const other = await open({ viewport, colorScheme, storageState: state });
        await steps.everyPage(other, (name) => shot(other, `${name}-${colorScheme}-${device}`));
        await other.context().close();
      });
    }
  }
  await step('signing out ends the session', () => steps.signOut(page));
  assert.deepEqual(complaints, [], 'the browser complained');
  console.log('all is well');
} catch (error) {
  console.error(`FAIL ${error.stack ?? error}`);
  for (const complaint of complaints) console.error(`  ${complaint}`);
  if (page) await shot(page, 'failed').catch(() => undefined);
  process.exitCode = 1;
} finally {
  await browser.close();
}
