// What a person does on the pages, and what must be true then.
import assert from 'node:assert/strict';
import axe from 'axe-core';

/** How long the scenario of the demo may take to show something, in milliseconds. */
export const scenario = 150_000;

export async function signIn(page, password, shot) {
  await page.goto('/');
  await page.getByLabel('Name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill(`not ${password}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('the name or the password is wrong').waitFor();
  await shot(page, 'sign-in');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
}

export async function live(page) {
  const feed = page.getByTestId('live-feed');
  await page.getByRole('status').getByText('Live', { exact: true }).waitFor();
  await feed.getByTestId('mention').first().waitFor({ timeout: scenario });
  const first = () => feed.getByTestId('mention').first().innerText();
  await changes(page, first, await first());
  await page.getByRole('button', { name: 'Pause' }).click();
  const paused = await first();
  await page.getByRole('button', { name: /Show \d+\+? new/ }).waitFor({ timeout: scenario });
  assert.equal(await first(), paused, 'a paused feed stands still');
  await page.getByRole('button', { name: /Show \d+\+? new/ }).click();
  await changes(page, first, paused);
  assert.ok((await feed.getByTestId('mention').count()) <= 100, 'the feed is bounded');
}

async function changes(page, read, before) {
  for (const end = Date.now() + scenario; Date.now() < end; ) {
    if ((await read()) !== before) return;
    await page.waitForTimeout(200);
  }
  assert.fail('nothing new arrived');
}

export async function chart(page) {
  await page.getByTestId('chart').locator('svg.recharts-surface').first().waitFor();
  const summary = page.getByTestId('chart-summary');
  assert.match(await summary.innerText(), /posts? in the last hour: .*Sentiment index/s);
  for (const [range, words] of [['30 d', 'in the last 30 days'], ['24 h', 'in the last 24 hours'], ['1 h', 'in the last hour']]) {
    await page.getByRole('radiogroup', { name: 'Range' }).getByText(range, { exact: true }).click();
    await summary.filter({ hasText: words }).waitFor();
  }
}

export async function recognised(page, shot) {
  const chip = page.getByTestId('live-feed').getByTestId('contact-chip').first();
  await chip.waitFor({ timeout: scenario });
  const name = await chip.innerText();
  const href = await chip.getAttribute('href');
  await page.goto(href); // the feed goes on: the chip may move away from the pointer
  await page.getByRole('heading', { name, level: 1 }).waitFor();
  await page.getByTestId('touch').first().getByTestId('mention').waitFor();
  await page.getByTestId('link').first().getByText('Confirmed').waitFor();
  await shot(page, 'contact');
  await visit(page, 'Overview');
}

export async function incident(page) {
  const panel = page.getByRole('region', { name: 'Open incidents' });
  const storm = panel.getByTestId('incident').filter({ hasText: 'Firestorm' }).first();
  await storm.waitFor({ timeout: scenario });
  assert.notEqual((await storm.getByTestId('reasons').innerText()).trim(), '', 'it says why');
  await page.waitForTimeout(5_000); // the storm shows in the curve
}

export async function acknowledge(page, shot) {
  const storm = page.getByRole('region', { name: 'Open incidents' }).getByTestId('incident').filter({ hasText: 'Firestorm' }).first();
  const button = storm.getByRole('button', { name: 'Acknowledge' });
  if (await button.isVisible()) await button.click();
  await storm.getByText('Acknowledged').waitFor();
  await storm.getByRole('link').first().click();
  await page.getByRole('heading', { name: /^Firestorm/, level: 1 }).waitFor();
  await page.getByTestId('chart').locator('svg.recharts-surface').first().waitFor();
  await page.getByTestId('mention').first().waitFor();
  await shot(page, 'incident');
}

/** An incident is assigned, commented on, silenced and labelled; each change stands in its history. */
export async function care(page, shot) {
  const history = page.getByRole('region', { name: 'History' });
  await history.getByText('Acknowledged', { exact: true }).waitFor();
  await history.getByText(/^Opened with severity/).waitFor();
  await page.getByRole('combobox', { name: 'Assignee' }).click();
  await page.getByRole('option', { name: 'admin' }).click();
  await history.getByText('Assigned to admin').waitFor();
  await page.getByLabel('Comment').fill(`We are on it. ${markup}`);
  await page.getByRole('button', { name: 'Add comment' }).click();
  await history.getByText('We are on it.').waitFor();
  assert.equal(await history.locator('img, script, b').count(), 0, 'a comment is no markup');
  await page.getByRole('button', { name: 'Silence', exact: true }).click();
  await page.getByRole('menuitem', { name: 'For an hour' }).click();
  await page.getByRole('button', { name: 'End the silence' }).click();
  await history.getByText('Silence ended').waitFor();
  await page.getByRole('button', { name: 'It was right' }).click();
  await history.getByText('Labelled: It was right').waitFor();
  await page.getByRole('region', { name: 'People' }).getByTestId('person').first().waitFor();
  await page.getByRole('region', { name: 'Reasons' }).getByRole('link').first().click();
  await page.getByTestId('mention').first().waitFor();
  await shot(page, 'incident-mentions');
  await page.goto('/incidents?assignee=admin');
  await page.getByTestId('incident').first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /^Firestorm/, level: 1 }).waitFor();
}

/** A rule on mentions is made, and a mention meets it. */
export async function mentionRule(page, shot) {
  await visit(page, 'Mention alerts');
  await page.getByRole('button', { name: 'New rule' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Browser test');
  await dialog.getByRole('combobox', { name: 'Monitor' }).click();
  await page.getByRole('option').first().click();
  await dialog.getByRole('combobox', { name: 'Alerts on' }).click();
  await page.getByRole('option', { name: 'Keyword' }).click();
  await dialog.getByLabel('Query').fill('(acme OR');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByRole('alert').waitFor();
  await shot(page, 'mention-rule');
  await dialog.getByRole('combobox', { name: 'Alerts on' }).click();
  await page.getByRole('option', { name: 'Influential author' }).click();
  await dialog.getByLabel('Followers, at least').fill('1');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByTestId('rule').filter({ hasText: 'Browser test' }).waitFor();
  await page.getByTestId('mention-alert').first().waitFor({ timeout: scenario });
  await shot(page, 'mention-alerts');
  await visit(page, 'Overview');
}

/** Monitors are compared. */
export async function measures(page, shot) {
  await visit(page, 'Measures');
  await page.getByTestId('measure').first().waitFor();
  await page.getByTestId('share').first().waitFor();
  await page.getByRole('radiogroup', { name: 'Compare' }).getByText('Kinds').click();
  await page.getByTestId('measure').filter({ hasText: 'Own brand' }).waitFor();
  await shot(page, 'measures');
}

const markup = `<img src="https://evil.example/x.png" onerror="alert('ran')"><script>alert('ran')</script><b>bold</b>`;

/** A post, its author and its address are hostile, and so is a contact's name. */
export async function hostile(page, shot) {
  await page.route('**/api/v1/mentions?*', async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    for (const m of body.items.slice(0, 1)) {
      m.text = `A hostile post: ${markup} \u202e${'long'.repeat(200)}`;
      m.url = `javascript:alert('ran')`;
      m.author = { ...m.author, name: markup, handle: markup, url: `data:text/html,<script>alert('ran')</script>` };
    }
    await route.fulfill({ response, json: body });
  });
  await visit(page, 'Mentions');
  const post = page.getByTestId('mention').first();
  await post.getByText('A hostile post').waitFor();
  assert.ok((await post.innerText()).includes(`onerror="alert('ran')"`), 'the markup is shown');
  assert.equal(await post.locator('img, script, b, a[href^="javascript"], a[href^="data"]').count(), 0, 'the markup is no markup');
  await shot(page, 'hostile');
  await page.unroute('**/api/v1/mentions?*');

  await visit(page, 'Contacts');
  await page.getByRole('button', { name: 'New contact' }).click();
  await page.getByLabel('Last name').fill(markup);
  await page.getByLabel('Own page').fill('https://hostile.example/');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { level: 1 }).filter({ hasText: 'onerror' }).waitFor();
  assert.equal(await page.locator('main img, main script').count(), 0, 'a name is no markup');
  const out = page.getByRole('link', { name: 'https://hostile.example/' });
  assert.equal(await out.getAttribute('rel'), 'noreferrer noopener nofollow');
  await page.getByLabel('Add a profile').fill('mastodon:@nobody@social.example');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('button', { name: /^Remove / }).click();
  await page.getByText('None on file').waitFor();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('heading', { name: 'Contacts', level: 1 }).waitFor();
}

export async function monitor(page, shot) {
  await visit(page, 'Monitors');
  await page.getByRole('button', { name: 'New monitor' }).click();
  await page.getByLabel('Name').fill('Browser test');
  await page.getByLabel('Query').fill('(acme OR');
  await page.getByRole('dialog').getByRole('status').locator('mark').waitFor();
  await shot(page, 'monitor');
  await page.getByLabel('Query').fill('acme OR #acme');
  await page.getByText('The query can be used.').waitFor();
  await page.getByRole('button', { name: 'Create' }).click();
  const row = page.getByTestId('monitor').filter({ hasText: 'Browser test' });
  await row.waitFor();
  const on = page.getByRole('switch', { name: 'Listen for Browser test' });
  await on.click({ force: true });
  await page.waitForFunction(() => document.querySelector('[aria-label="Listen for Browser test"]')?.checked === false);
  await page.getByRole('button', { name: 'Delete Browser test' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await row.waitFor({ state: 'detached' });
}

/** Somebody is added, and sets their password by the link, in another browser; then they choose what is sent to them. */
export async function person(page, other) {
  await visit(page, 'Access');
  await page.getByRole('button', { name: 'Add somebody' }).click();
  await page.getByLabel('Name', { exact: false }).first().fill('e2e.person');
  await page.getByLabel('E-mail').fill('e2e.person@acme.example');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const link = (await page.getByLabel('Link', { exact: true }).textContent()) ?? '';
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText('e2e.person@acme.example').waitFor();
  await other.goto(new URL(link).pathname + new URL(link).hash);
  await other.getByLabel('New password', { exact: true }).fill('correct horse battery');
  await other.getByLabel('New password again').fill('correct horse battery');
  await other.getByRole('button', { name: 'Set password' }).click();
  await other.getByText('You sign in as e2e.person').waitFor();
  await other.getByRole('link', { name: 'Sign in' }).click();
  await other.getByLabel('Name').fill('e2e.person');
  await other.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await other.getByRole('button', { name: 'Sign in' }).click();
  await other.getByRole('button', { name: 'Sign out e2e.person' }).waitFor();
  await other.goto('/me#notices');
  await other.getByText('Your address is e2e.person@acme.example.').waitFor();
  await other.getByRole('combobox', { name: 'A lead waits for too long' }).click();
  await other.getByRole('option', { name: 'Sent once a day' }).click();
  await other.getByRole('combobox', { name: 'Once a day, at' }).waitFor();
  await other.getByRole('button', { name: 'Save what is sent' }).click();
  await other.reload();
  assert.equal(await other.getByRole('combobox', { name: 'A lead waits for too long' }).inputValue(), 'Sent once a day');
}

export async function keyboard(page) {
  await page.goto('/mentions');
  await page.getByTestId('mention').first().waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Skip to content');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'main');
  await page.getByRole('link', { name: 'Leads', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Leads', level: 1 }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'main', 'a new page has the focus');
  const contact = (await (await page.request.get('/api/v1/contacts?limit=1')).json()).items[0];
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search everything' }).fill(contact.name);
  await page.getByTestId('hit').filter({ hasText: contact.name }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: contact.name, level: 1 }).waitFor();
}

/** Each page loads, is as wide as the screen and keeps the rules of WCAG 2 AA. */
export async function everyPage(page, shot) {
  for (const [name, at] of await addresses(page)) {
    await page.goto(at);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.waitForFunction(() => !document.querySelector('.mantine-Skeleton-root'));
    const { wide, screen } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, screen: window.innerWidth }));
    assert.ok(wide <= screen, `${at} is ${wide} px wide on a screen of ${screen}`);
    await shot(name);
    const wrong = await accessibility(page);
    assert.deepEqual(wrong, [], `accessibility of ${at}`);
  }
}

async function addresses(page) {
  const first = async (path) => (await (await page.request.get(`/api/v1${path}`)).json()).items[0];
  const places = ['incidents', 'mentions', 'review', 'authors', 'tasks', 'products', 'quote-templates', 'contacts', 'accounts', 'imports', 'leads', 'opportunities', 'measures', 'mention-alerts', 'monitors', 'sources', 'channels', 'webhooks', 'handover', 'fields', 'lead-settings', 'processes', 'access', 'audit', 'me', 'sign-ins', 'privacy', 'territories', 'credit', 'goals', 'notices', 'feedback', 'campaigns', 'advocates', 'recommendations'].map((name) => [name, `/${name}`]);
  const contact = (await first('/mentions?limit=200&intent=purchase'))?.contact ?? (await first('/contacts'));
  const account = await first('/accounts');
  return [
    ['overview', '/'],
    ...places,
    ['incident', `/incidents/${(await first('/incidents')).id}`],
    ['contact', `/contacts/${contact.id}`],
    ...(account ? [['account', `/accounts/${account.id}`]] : []),
    ['lead', `/leads/${(await first('/leads')).id}`],
    ['opportunity', `/opportunities/${((await first('/opportunities?state=won')) ?? (await first('/opportunities'))).id}`],
    ...['roles', 'teams', 'units'].map((part) => [`access-${part}`, `/access?part=${part}`]),
    ['products-prices', '/products?part=prices'],
    ['role', '/access/roles/marketing'],
    ['process', '/processes/default'],
    ...['queue', 'results', 'dimensions'].map((part) => [`territories-${part}`, `/territories?part=${part}`]),
    ...['rules', 'months'].map((part) => [`credit-${part}`, `/credit?part=${part}`]),
    ...['reasons', 'ideal', 'interest', 'forms'].map((part) => [`lead-settings-${part}`, `/lead-settings?part=${part}`]),
    ['new-role', '/access/new-role?from=sales-rep'],
    ['set-password', '/set-password#nothing'],
    ['not-found', '/no-such-page'],
  ];
}

async function accessibility(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }));
  return violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join('; ')}`);
}

export async function signOut(page) {
  await page.getByRole('button', { name: 'Sign out admin' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  assert.equal((await page.request.get('/api/v1/session')).status(), 401);
}

/** Goes to a page by the menu; settings are closed until somebody opens them. */
export async function visit(page, place) {
  const menu = page.getByRole('navigation', { name: 'Main' });
  const settings = menu.getByRole('button', { name: 'Settings', expanded: false });
  if (await settings.isVisible()) await settings.click();
  await menu.getByRole('link', { name: place }).click();
  await page.getByRole('heading', { name: place, level: 1 }).waitFor();
}
