// What sales does on the pages, from the lead to the money, and what must be true then.
import assert from 'node:assert/strict';

/** A lead is noted, qualified and accepted; the opportunity goes through its gates, one of them refused. Returns its address. */
export async function lead(page, { scenario, shot, visit }) {
  const panel = page.getByRole('region', { name: 'New leads' });
  await panel.getByTestId('lead').first().waitFor({ timeout: scenario });
  await panel.getByTestId('lead').first().getByRole('link').first().click();
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('The browser test knows them');
  await page.getByRole('dialog').getByRole('button', { name: 'Join' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Join' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Move to marketing-qualified' }).click();
  await page.getByLabel('What it is about').fill('Asked what they need');
  await page.getByRole('button', { name: 'Note', exact: true }).click();
  await page.getByRole('button', { name: 'Move to sales-qualified' }).click();
  await shot(page, 'lead');
  await page.getByRole('button', { name: 'Accept, and open an opportunity' }).click();
  await page.getByRole('heading', { name: 'Qualify', level: 2 }).waitFor();
  const at = new URL(page.url()).pathname;
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('heading', { name: 'Develop', level: 2 }).waitFor();
  await page.getByTestId('missing').getByText('Value is not filled in').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Go on' }).isDisabled(), 'a closed gate lets nothing through');
  await page.getByLabel('Value').fill('7800');
  await page.getByLabel('Expected close').fill('2027-06-30');
  await page.getByRole('region', { name: 'Details' }).getByRole('button', { name: 'Save' }).click();
  await page.getByTestId('missing').waitFor({ state: 'detached' });
  await shot(page, 'opportunity');
  await visit(page, 'Overview');
  return at;
}

/** Two change the same: who is slower is told, keeps what was entered until it is loaded again, and goes on from there. */
export async function together(page, at, { shot, visit }) {
  const slower = await page.context().newPage();
  const details = (p) => p.getByRole('region', { name: 'Details' });
  const need = (p) => details(p).getByLabel('What they need');
  const save = (p) => details(p).getByRole('button', { name: 'Save' }).click();
  const saved = (p) => details(p).getByRole('button', { name: 'Save', disabled: true }).waitFor();
  for (const [p, says] of [[page, 'Six grills'], [slower, 'Eight grills']]) {
    await p.goto(at);
    await need(p).fill(says);
  }
  await save(page);
  await saved(page);
  await save(slower);
  const told = slower.getByText('It was changed in the meantime');
  await told.waitFor();
  assert.equal(await need(slower).inputValue(), 'Eight grills');
  await shot(slower, 'outrun');
  await slower.getByRole('button', { name: 'Load again' }).click();
  await told.waitFor({ state: 'detached' });
  assert.equal(await need(slower).inputValue(), 'Six grills');
  for (const says of ['Eight grills', 'Eight grills and a lid']) {
    await need(slower).fill(says);
    await save(slower);
    await saved(slower);
  }
  assert.equal(await told.count(), 0, 'who saves twice is not in their own way');
  await slower.close();
  await visit(page, 'Overview');
}

/** A lead is entered twice, on purpose; the one becomes part of the other, and is taken apart again. */
export async function merge(page, { shot, visit }) {
  const dialog = page.getByRole('dialog');
  for (const again of [false, true]) {
    await visit(page, 'Leads');
    await page.getByRole('button', { name: 'New lead' }).click();
    await dialog.getByLabel('Name').fill('Petra of the browser test');
    await dialog.getByLabel('E-mail').fill('petra@e2e.example');
    await dialog.getByRole('button', { name: 'Save' }).click();
    if (again) {
      await dialog.getByLabel('None of them, because').fill('she asked twice');
      await dialog.getByRole('button', { name: 'It is another' }).click();
    }
    await page.getByRole('heading', { name: 'Petra of the browser test', level: 1 }).waitFor();
  }
  const panel = page.getByRole('region', { name: 'Duplicates' });
  await panel.getByRole('button', { name: /^Look and merge: / }).click();
  await dialog.getByRole('table', { name: 'Both leads' }).waitFor();
  await shot(page, 'merge-lead');
  await dialog.getByRole('button', { name: 'Merge' }).click();
  await panel.getByRole('button', { name: /^Take apart: / }).click();
  await panel.getByText('taken apart').waitFor();
  await panel.getByTestId('duplicate').waitFor();
  await visit(page, 'Overview');
}

/** A template of quotes is made, for the one that is sold. */
export async function template(page, { visit }) {
  await visit(page, 'Quote templates');
  await page.getByRole('button', { name: 'New template' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Paper of the browser test');
  await dialog.getByLabel('Introduction').fill('Dear {contact},');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Texts of Paper of the browser test' }).waitFor();
}

/** A product is made, and has a price. */
export async function product(page, { visit }) {
  await visit(page, 'Products and prices');
  await page.getByRole('button', { name: 'New product' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Code').fill('E2E-1');
  await dialog.getByLabel('Name').fill('Grill of the browser test');
  await dialog.getByLabel('Unit').fill('pc');
  await dialog.getByLabel('Tax').fill('19');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('tab', { name: 'Price lists' }).click();
  await page.getByRole('button', { name: 'New price list' }).click();
  await dialog.getByLabel('Name').fill('Browser test');
  await dialog.getByLabel('Grill of the browser test').fill('1299.90');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** From the quote to the paid invoice, and who is credited with it. */
export async function sell(page, at, { shot, visit }) {
  const dialog = page.getByRole('dialog');
  const stage = page.getByRole('region', { name: 'Stage' });
  await page.goto(at);
  await stage.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('heading', { name: 'Propose', level: 2 }).waitFor();

  await page.getByRole('button', { name: 'New quote' }).click();
  await choose(page, dialog.getByRole('combobox', { name: 'Price list' }), 'Browser test');
  await choose(page, dialog.getByRole('combobox', { name: 'Product' }), 'Grill of the browser test');
  await dialog.getByLabel('Quantity').fill('6');
  await dialog.getByRole('button', { name: 'Save the draft' }).click();
  await dialog.waitFor({ state: 'detached' });
  const quotes = page.getByRole('region', { name: 'Quotes' });
  await quotes.getByText('€9,281.29', { exact: true }).waitFor(); // 6 × 1,299.90 and 19 %
  await quotes.getByRole('button', { name: /^Lines of / }).click();
  await quotes.getByRole('link', { name: /as PDF, Paper of the browser test/ }).waitFor();
  await shot(page, 'quote');
  await quotes.getByRole('button', { name: /^Send/ }).click();
  await dialog.getByRole('button', { name: 'It is sent' }).click();
  await quotes.getByRole('button', { name: /^Accepted/ }).click();
  await dialog.getByRole('button', { name: 'Accepted' }).click();
  await quotes.getByText('Accepted', { exact: true }).waitFor();

  await stage.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('heading', { name: 'Close', level: 2 }).waitFor();
  await stage.getByRole('button', { name: 'Won' }).click();
  await dialog.getByLabel('Reason').selectOption({ index: 1 });
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Hand over', level: 2 }).waitFor();

  await quotes.getByRole('button', { name: /^Make the order/ }).click();
  const orders = page.getByRole('region', { name: 'Orders and invoices' });
  await invoice(orders, dialog, '2');
  await invoice(orders, dialog);
  await orders.getByRole('button', { name: /^Invoice: / }).waitFor({ state: 'detached' });
  for (let left = await pending(orders).count(); left > 0; left--) {
    await pending(orders).first().click();
    await dialog.getByRole('button', { name: 'Note the payment' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.waitForFunction((n) => document.querySelectorAll('[aria-label^="Note a payment"]').length < n, left);
  }
  assert.equal(await orders.getByText('Paid', { exact: true }).count(), 2, 'both invoices are paid');
  await shot(page, 'sale');
  await page.getByRole('region', { name: 'The way from the first touch to the money' }).getByText('Payment', { exact: true }).first().waitFor();

  await visit(page, 'Credit');
  await page.getByRole('table', { name: 'Sums' }).getByRole('row', { name: /^admin/ }).waitFor();
  await shot(page, 'statement');
  await visit(page, 'Tasks');
  await page.getByTestId('task').filter({ hasText: 'Hand over to delivery' }).waitFor();
  await visit(page, 'Overview');
}

const pending = (orders) => orders.getByRole('button', { name: /^Note a payment/ });

/** Invoices so many of the first line, or all that is left. */
async function invoice(orders, dialog, quantity) {
  await orders.getByRole('button', { name: /^Invoice: / }).click();
  if (quantity) await dialog.getByLabel('Grill of the browser test').fill(quantity);
  await dialog.getByRole('button', { name: 'Issue the invoice' }).click();
  await dialog.waitFor({ state: 'detached' });
}

async function choose(page, select, text) {
  await select.click();
  await page.getByRole('option', { name: text }).click();
}
