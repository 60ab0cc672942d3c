import { Modal, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { Problem } from '../../api/client';
import { useMakeInvoice, type Order } from '../../api/sales';
import { FormButtons } from '../../components/FormButtons';
import { Failed } from '../../components/states';
import { formatQuantity } from '../../format';

interface Props {
  order: Order;
  /** Of each line, what is not invoiced yet, in thousandths. */
  left: number[];
  onClose: () => void;
}

/** Invoices an order, or a part of it. */
export function InvoiceForm({ order, left, onClose }: Props) {
  const make = useMakeInvoice(order.id);
  const [quantities, setQuantities] = useState<(number | string)[]>(left.map((q) => q / 1000));
  const [due, setDue] = useState('');
  const wanted = Object.fromEntries(quantities.flatMap((q, at) => (Number(q) > 0 ? [[at, Math.round(Number(q) * 1000)] as const] : [])));
  const told = make.error instanceof Problem ? make.error.fields : {};
  const submit = (e: FormEvent) => {
    e.preventDefault();
    make.mutate({ quantities: wanted, ...(due ? { due_at: `${due}T23:59:59Z` } : {}) }, { onSuccess: onClose });
  };
  return (
    <Modal opened onClose={onClose} title={`Invoice ${order.number}`}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text fz="sm">An invoice has the next number and is never changed. One that is wrong is cancelled, and another takes its place.</Text>
          {(order.lines ?? []).map((l, at) =>
            (left[at] ?? 0) <= 0 ? null : (
              <NumberInput
                key={at}
                label={l.text}
                description={`${formatQuantity(left[at] ?? 0, l.unit)} not invoiced yet`}
                min={0}
                max={(left[at] ?? 0) / 1000}
                decimalScale={3}
                value={quantities[at] ?? 0}
                onChange={(v) => setQuantities(quantities.map((q, i) => (i === at ? v : q)))}
                error={told[`quantities.${at}`]}
              />
            ),
          )}
          <TextInput label="Due (UTC)" description="Empty: in 30 days" type="date" value={due} onChange={(e) => setDue(e.currentTarget.value)} error={told.due_at} />
          {make.error && <Failed error={make.error} />}
          <FormButtons label="Issue the invoice" saving={make.isPending} disabled={Object.keys(wanted).length === 0} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
