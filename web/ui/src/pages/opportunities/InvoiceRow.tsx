import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../api/grants';
import { useCancelInvoice, useInvoice, useReversePayment, type Invoice, type Payment } from '../../api/sales';
import { Loaded } from '../../components/states';
import { TextAsked } from '../../components/TextAsked';
import { formatDate, formatDay, formatMoney } from '../../format';
import { DocumentRow } from './DocumentRow';
import { PaymentForm } from './PaymentForm';

/** An invoice, what is still due, and the money that came in for it. */
export function InvoiceRow({ invoice: i }: { invoice: Invoice }) {
  const may = useMay();
  const cancel = useCancelInvoice(i);
  const [asked, setAsked] = useState<'pay' | 'cancel' | null>(null);
  const close = () => setAsked(null);
  const due = i.state === 'issued' && `${formatMoney({ amount: i.due, currency: i.currency })} due ${formatDate(i.due_at)}`;
  const about = [`Issued ${formatDay(i.created_at)}`, due, i.paid_at && `paid ${formatDate(i.paid_at)}`, i.reason].filter(Boolean).join(' · ');
  return (
    <>
      <DocumentRow
        document={i}
        about={about}
        actions={
          i.state === 'issued' && (
            <>
              {may('payment:create') && (
                <Button size="compact-sm" variant="light" onClick={() => setAsked('pay')} aria-label={`Note a payment: ${i.number}`}>
                  Note a payment
                </Button>
              )}
              {may('invoice:update') && i.paid === 0 && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`Cancel: ${i.number}`}
                  onClick={() => {
                    cancel.reset();
                    setAsked('cancel');
                  }}
                >
                  Cancel
                </Button>
              )}
            </>
          )
        }
      >
        {may('payment:read') && <Payments invoice={i.id} />}
      </DocumentRow>
      {asked === 'pay' && <PaymentForm invoice={i} onClose={close} />}
      {asked === 'cancel' && <TextAsked title={`Why is ${i.number} cancelled?`} action="Cancel the invoice" change={cancel} onAnswer={(reason) => cancel.mutate(reason, { onSuccess: close })} onClose={close} />}
    </>
  );
}

function Payments({ invoice }: { invoice: string }) {
  return (
    <Loaded query={useInvoice(invoice)} what="the payments" rows={1}>
      {({ payments }) =>
        payments?.length ? (
          <Stack component="ul" gap={2} m={0} p={0} style={{ listStyle: 'none' }} aria-label="Payments">
            {payments.map((p) => (
              <PaymentRow payment={p} takenBack={payments.some((o) => o.reverses === p.id)} key={p.id} />
            ))}
          </Stack>
        ) : (
          <Text fz="sm" c="dimmed">
            Nothing came in yet.
          </Text>
        )
      }
    </Loaded>
  );
}

/** Money that came in, or that takes back what was noted wrongly. */
function PaymentRow({ payment: p, takenBack }: { payment: Payment; takenBack: boolean }) {
  const may = useMay();
  const reverse = useReversePayment(p.id);
  const [asked, setAsked] = useState(false);
  const amount = formatMoney(p.amount);
  const about = [amount, formatDate(p.paid_at), p.method, p.reference, p.reverses && `takes a payment back: ${p.reason}`, takenBack && 'taken back'];
  return (
    <Group component="li" gap="xs" wrap="wrap">
      <Text fz="sm" dir="auto">
        {about.filter(Boolean).join(' · ')}
      </Text>
      {may('payment:create') && !p.reverses && !takenBack && (
        <Button
          size="compact-xs"
          variant="subtle"
          aria-label={`Take back the payment of ${amount}`}
          onClick={() => {
            reverse.reset();
            setAsked(true);
          }}
        >
          Take back
        </Button>
      )}
      {asked && (
        <TextAsked
          title={`Why is the payment of ${amount} taken back?`}
          about="The invoice is open again, and the credit for the payment is taken back."
          action="Take the payment back"
          change={reverse}
          onAnswer={(reason) => reverse.mutate(reason, { onSuccess: () => setAsked(false) })}
          onClose={() => setAsked(false)}
        />
      )}
    </Group>
  );
}
