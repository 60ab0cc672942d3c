import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test } from 'vitest';
import { Editing } from './Editing';

function Field({ from }: { from: string }) {
  const [text, setText] = useState(from);
  return <input aria-label="Need" value={text} onChange={(e) => setText(e.currentTarget.value)} />;
}

const page = (version: number, need: string) => <Editing read={{ version, need }}>{(from) => <Field from={from.need} />}</Editing>;

test('a form follows what is read until something is entered, of which nothing is lost', async () => {
  const { rerender } = render(page(1, 'six '));
  rerender(page(2, 'four '));
  expect(screen.getByLabelText('Need')).toHaveValue('four ');
  await userEvent.type(screen.getByLabelText('Need'), 'g'); // the first letter, which begins it
  expect(screen.getByLabelText('Need')).toHaveValue('four g');
  rerender(page(3, 'two '));
  expect(screen.getByLabelText('Need')).toHaveValue('four g');
});
