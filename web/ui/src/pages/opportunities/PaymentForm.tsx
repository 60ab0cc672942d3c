import { Modal, NumberInput, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { Problem } from '../../api/client';
import { usePay, type Invoice } from '../../api/sales';
import { FormButtons } from '../../components/FormButtons';
import { Failed } from '../../components/states';
import { formatMoney, minorUnits, toMinor } from '../../format';

/** Notes money that came in for an invoice. */
export function PaymentForm({ invoice: i, onClose }: { invoice: Invoice; onClose: () => void }) {
  const pay = usePay(i);
  const [amount, setAmount] = useState<number | string>(i.due / minorUnits(i.currency));
  const [at, setAt] = useState('');
  const [method, setMethod] = useState('');
  const [reference, setReference] = useState('');
  const told = pay.error instanceof Problem ? pay.error.fields : {};
  const submit = (e: FormEvent) => {
    e.preventDefault();
    pay.mutate({ amount: { amount: toMinor(amount, i.currency), currency: i.currency }, method, reference, ...(at ? { paid_at: `${at}T00:00:00Z` } : {}) }, { onSuccess: onClose });
  };
  return (
    <Modal opened onClose={onClose} title={`Payment for ${i.number}`}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <NumberInput label={`Amount in ${i.currency}`} description={`${formatMoney({ amount: i.due, currency: i.currency })} are due.`} required min={0} decimalScale={4} hideControls thousandSeparator data-autofocus value={amount} onChange={setAmount} error={told['amount.amount']} />
          <TextInput label="Came in on (UTC)" description="Empty: now" type="date" value={at} onChange={(e) => setAt(e.currentTarget.value)} error={told.paid_at} />
          <TextInput label="Way" placeholder="Bank transfer" maxLength={50} value={method} onChange={(e) => setMethod(e.currentTarget.value)} error={told.method} />
          <TextInput label="Reference" maxLength={200} value={reference} onChange={(e) => setReference(e.currentTarget.value)} error={told.reference} />
          {pay.error && <Failed error={pay.error} />}
          <FormButtons label="Note the payment" saving={pay.isPending} disabled={!(Number(amount) > 0)} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
