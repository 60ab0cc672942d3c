import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { answer, show } from '../../testing/render';
import { RescoringNote } from './RescoringNote';

const rescoring = { state: 'running', model: 'v2', total: 400, seen: 100, changed: 7, progress: 0.25 };

test('says how far the stored mentions are read anew', async () => {
  answer({ 'GET /rescoring': rescoring });
  show(<RescoringNote />);
  expect(await screen.findByRole('status')).toHaveTextContent(/100 of 400 \(25\s?%\), 7 changed/);
  expect(screen.getByRole('progressbar', { name: 'Mentions read anew' })).toHaveAttribute('aria-valuenow', '25');
});

test('says nothing when there is nothing to read', async () => {
  const calls = answer({ 'GET /rescoring': { ...rescoring, state: 'finished', progress: 1 } });
  show(<RescoringNote />);
  await expect.poll(() => calls.length).toBe(1);
  expect(screen.queryByRole('status')).toBeNull();
});
