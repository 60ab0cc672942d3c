import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, show } from '../testing/render';
import { incident } from '../testing/samples';
import { IncidentCard } from './IncidentCard';

test('an incident is acknowledged', async () => {
  const calls = answer({ 'POST /incidents/i1/acknowledge': { ...incident, acknowledged_at: '2026-03-01T12:05:00Z', acknowledged_by: 'admin' } });
  show(<IncidentCard incident={incident} reasons={2} />);
  expect(screen.getByText(incident.reasons[0] ?? '')).toBeInTheDocument();
  expect(screen.getByText('1 more reason')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: /acknowledge/i }));
  await waitFor(() => expect(calls).toContainEqual(expect.objectContaining({ method: 'POST', path: '/incidents/i1/acknowledge' })));
});

test('who takes care is told, and cannot be asked again', () => {
  show(<IncidentCard incident={{ ...incident, acknowledged_at: '2026-03-01T12:05:00Z', acknowledged_by: 'berta' }} />);
  expect(screen.getByText(/berta/)).toBeInTheDocument();
  expect(screen.queryByRole('button')).toBeNull();
});
