import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, problem, show } from '../../testing/render';
import { tidied } from './IdealForm';
import LeadSettingsPage from './LeadSettingsPage';

const plan = {
  version: 3,
  created_by: 'u1',
  milestones: [
    { name: 'unqualified', label: 'Unqualified' },
    { name: 'sales-qualified', label: 'Sales-qualified', entry: { fields: ['need'] }, limit: { hours: 24, tell: ['owner'] } },
    { name: 'sales-accepted', label: 'Sales-accepted' },
  ],
};
const people = { 'GET /teams': { items: [], next: '' }, 'GET /roles': { items: [], next: '' }, 'GET /users': { items: [], next: '' }, 'GET /fields': { items: [], next: '' } };
const profile = { id: 'p1', version: 7, created_at: '', updated_at: '', name: 'Hotels', active: true, criteria: [{ field: 'industry', operator: 'in', values: ['hotels'], weight: 10 }] };

test('the way of leads gets another milestone, and one goes with its leads', async () => {
  const calls = answer({ ...people, 'GET /milestones': plan, 'PUT /milestones': { ...plan, version: 4 } });
  show(<LeadSettingsPage />, '/lead-settings');
  await userEvent.click(await screen.findByRole('button', { name: 'Remove Sales-qualified' }));
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'From Sales-qualified they go to' }), 'unqualified');
  await userEvent.click(screen.getByRole('button', { name: 'New milestone' }));
  await userEvent.type(within(screen.getByRole('region', { name: 'the new milestone' })).getByLabelText(/What it is called/), 'Marketing: hot');
  await userEvent.click(screen.getByRole('button', { name: 'Move Marketing: hot up' }));
  await userEvent.click(screen.getByRole('button', { name: 'Save the way of leads' }));
  await waitFor(() =>
    expect(calls.find((c) => c.method === 'PUT')?.body).toEqual({
      milestones: [{ name: 'unqualified', label: 'Unqualified' }, { name: 'marketing-hot', label: 'Marketing: hot' }, { name: 'sales-accepted', label: 'Sales-accepted' }],
      mapping: { 'sales-qualified': 'unqualified' },
    }),
  );
});

test('a lead that waits is escalated in steps', async () => {
  const calls = answer({
    ...people,
    'GET /teams': { items: [{ id: 't1', name: 'Hotels', members: [] }], next: '' },
    'GET /channels': { items: [{ name: 'sales', digests: true }, { name: 'pager', digests: false }], next: '' },
    'GET /milestones': plan,
    'PUT /milestones': { ...plan, version: 4 },
  });
  show(<LeadSettingsPage />, '/lead-settings');
  const card = await screen.findByRole('region', { name: 'Sales-qualified' });
  await userEvent.click(within(card).getByRole('button', { name: 'Escalate further' }));
  const step = within(card).getByRole('group', { name: 'Step 2' });
  await userEvent.click(within(step).getByRole('combobox', { name: /Tell as well/ }));
  await userEvent.click(await screen.findByRole('option', { name: 'sales' }));
  expect(screen.queryByRole('option', { name: 'pager' })).not.toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Save the way of leads' }));
  await waitFor(() =>
    expect((calls.find((c) => c.method === 'PUT')?.body as typeof plan).milestones[1]?.limit).toEqual({ hours: 24, tell: ['owner'], escalate: [{ hours: 48, tell: ['manager', 'channel:sales'] }] }),
  );
});

test('a refused plan says why, and is not lost', async () => {
  answer({ ...people, 'GET /milestones': plan, 'PUT /milestones': problem(422, 'Some fields cannot be taken', 'mapping: 3 leads are sales-qualified: say where they go') });
  show(<LeadSettingsPage />, '/lead-settings');
  await userEvent.click(await screen.findByRole('button', { name: 'Remove Sales-qualified' }));
  await userEvent.click(screen.getByRole('button', { name: 'Save the way of leads' }));
  expect(await screen.findByText(/say where they go/)).toBeInTheDocument();
  expect(screen.queryByRole('region', { name: 'Sales-qualified' })).not.toBeInTheDocument();
});

test.each([
  ['a range has ends, and no values', { field: 'employees', operator: 'range', from: 20, to: undefined, values: ['x'], weight: 5 }, { field: 'employees', operator: 'range', from: 20, weight: 5 }],
  ['an expression asks no field', { label: 'grills', field: 'topic', operator: 'expression', expression: 'true', weight: 5 }, { label: 'grills', operator: 'expression', expression: 'true', weight: 5 }],
  ['a list has values alone', { label: '', field: 'industry', operator: 'in', values: ['a'], from: 1, weight: 5 }, { field: 'industry', operator: 'in', values: ['a'], weight: 5 }],
])('%s', (_, criterion, want) => expect(tidied(criterion as Parameters<typeof tidied>[0])).toEqual(want));

test('an ideal customer is tried on open leads before it is saved', async () => {
  const grades = ['A', 'B', 'C', 'D', 'E', 'F', ''].map((grade, i) => ({ grade, was: i === 6 ? 1 : 0, becomes: i === 0 ? 1 : 0 }));
  const sample = { id: 'l1', name: 'Petra', was: '', becomes: 'A', profile: 'Hotels', criteria: [{ label: 'industry', outcome: 'met', weight: 10, reason: 'industry hotels is one of hotels' }] };
  const calls = answer({ ...people, 'GET /ideal-profiles': { items: [profile], next: '' }, 'POST /ideal-profiles/preview': { leads: 1, grades, samples: [sample] }, 'PUT /ideal-profiles/p1': profile });
  show(<LeadSettingsPage />, '/lead-settings?part=ideal');
  await userEvent.click(await screen.findByRole('button', { name: 'Change Hotels' }));
  await userEvent.click(await screen.findByRole('button', { name: 'How would leads be graded?' }));
  const preview = await screen.findByRole('region', { name: 'Preview of grades' });
  within(preview).getByText('none → A');
  within(preview).getByText('industry hotels is one of hotels');
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(calls.find((c) => c.method === 'PUT')?.body).toEqual({ name: 'Hotels', active: true, criteria: profile.criteria }));
  expect(calls.find((c) => c.path === '/ideal-profiles/preview')?.body).toEqual({ id: 'p1', name: 'Hotels', active: true, criteria: profile.criteria });
});

test('learned weights stand beside the set ones until they are applied; those of an earlier version cannot be', async () => {
  const gain = { low: 0.03, mean: 0.09, high: 0.15 };
  const weights = { profile_version: 7, accepted: 118, rejected: 82, won: 40, lost: 31, unfit: 9, potential: 109, others: 91, criteria: [{ label: 'industry', set: 10, learned: 58.2, known: 200 }], set_log_loss: 0.602, learned_log_loss: 0.511, set_auc: 0.71, learned_auc: 0.79, log_loss_gain: gain, auc_gain: { ...gain, low: -0.01 }, advice: 'the learned weights foretell decisions better than the set ones' };
  const learned = { id: 'w1', version: 1, created_at: '2026-03-01T12:00:00Z', updated_at: '', kind: 'weights', profile_id: 'p1', examples: 200, applied_by: '', made_by: 'u1', weights };
  const calls = answer({
    'GET /ideal-profiles': { items: [profile], next: '' },
    'GET /ideal-profiles/p1/proposals': { items: [learned, { ...learned, id: 'w0', created_at: '2026-02-01T12:00:00Z', weights: { ...weights, profile_version: 6 } }], next: '' },
    'POST /ideal-profiles/p1/proposals/w1/apply': profile,
    'GET /feedback': {
      from: '', until: '', by: 'grade',
      items: [{ key: '', name: '', leads: 5, accepted: 1, disqualified: 1, recycled: 1 }, { key: 'A', name: 'A', leads: 90, accepted: 60, disqualified: 20, recycled: 10, opportunities: { won: 35, lost: 12, unfit: 2 } }],
    },
  });
  show(<LeadSettingsPage />, '/lead-settings?part=ideal');
  await userEvent.click(await screen.findByRole('button', { name: 'Learned weights of Hotels' }));
  expect((await screen.findAllByText('+0.090 (−0.010 to +0.150)'))[0]).toBeInTheDocument();
  expect(screen.getAllByText(/Closed opportunities: 40 won, 31 lost, 9 of them no potential customer. So 109 examples of a potential customer, 91 of others/)).toHaveLength(2);
  const grades = within(await screen.findByRole('table', { name: 'Decisions and closes by grade' }));
  expect(grades.getAllByRole('row').map((r) => r.textContent)).toEqual(['GradeLeadsAcceptedGiven upWonLostUnfit', 'A90603035122', 'none512000']);
  expect(screen.getByText('of an earlier version')).toBeInTheDocument();
  expect(screen.getAllByRole('button', { name: 'Put the learned weights in place' })).toHaveLength(1);
  await userEvent.click(screen.getByRole('button', { name: 'Put the learned weights in place' }));
  await waitFor(() => expect(calls.some((c) => c.path === '/ideal-profiles/p1/proposals/w1/apply')).toBe(true));
});

test('a form that was made says how to use it; its secret is shown then alone', async () => {
  const form = { id: 'f1', version: 1, created_at: '', updated_at: '', name: 'App', key: 'k', campaign: '', product: '', owner_id: '', origins: [], thanks: '', active: true, signed: true, path: '/api/v1/forms/k' };
  const calls = answer({ ...people, 'GET /lead-forms': { items: [form], next: '' }, 'POST /lead-forms': { ...form, secret: 'whsec_abc' }, 'POST /lead-forms/f1/secret': { secret: 'whsec_new' } });
  show(<LeadSettingsPage />, '/lead-settings?part=forms');
  await userEvent.click(await screen.findByRole('button', { name: 'New form' }));
  await userEvent.type(await screen.findByLabelText(/^Name/), 'App');
  await userEvent.click(screen.getByRole('switch', { name: /Signed/ }));
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('whsec_abc')).toBeInTheDocument();
  expect(calls.find((c) => c.method === 'POST')?.body).toMatchObject({ name: 'App', signed: true, active: true });
  await userEvent.click(screen.getByRole('button', { name: 'Close' }));
  await userEvent.click(screen.getByRole('button', { name: 'Use App' }));
  expect(await screen.findByText('http://localhost:3000/api/v1/forms/k')).toBeInTheDocument();
  expect(screen.queryByText('whsec_abc')).not.toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Close' }));
  await userEvent.click(screen.getByRole('button', { name: 'New secret of App' }));
  await userEvent.click(await screen.findByRole('button', { name: 'New secret' }));
  expect(await screen.findByText('whsec_new')).toBeInTheDocument();
});

test('a reason why opportunities are lost says whether they were potential customers', async () => {
  const lost = { outcome: 'lost', code: 'fit', label: 'Does not fit', active: true, position: 5, unfit: true };
  const calls = answer({ ...people, 'GET /reasons': { items: [lost], next: '' }, 'PUT /reasons/lost/fit': lost });
  show(<LeadSettingsPage />, '/lead-settings?part=reasons');
  await userEvent.click(await screen.findByRole('radio', { name: 'Lost' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Change Does not fit' }));
  await userEvent.click(await screen.findByRole('switch', { name: /They were no potential customer/ }));
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(calls.find((c) => c.method === 'PUT')?.body).toEqual({ label: 'Does not fit', active: true, position: 5, unfit: false }));
});
