import { Button, Card, Stack, Title } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../api/grants';
import { useEndOrder, useInvoices, useOrders, type Invoice, type Order } from '../../api/sales';
import { Confirm } from '../../components/Confirm';
import { Loaded } from '../../components/states';
import { TextAsked } from '../../components/TextAsked';
import { formatDay } from '../../format';
import { DocumentRow } from './DocumentRow';
import { InvoiceForm } from './InvoiceForm';
import { InvoiceRow } from './InvoiceRow';

/** The orders of an opportunity with their invoices; nothing before there is one. */
export function OrdersPanel({ opportunity }: { opportunity: string }) {
  const orders = useOrders(opportunity);
  if (orders.data?.pages[0]?.items.length === 0) return null;
  return (
    <Card component="section" aria-label="Orders and invoices">
      <Title order={2} mb="xs">
        Orders and invoices
      </Title>
      <Loaded query={orders} what="the orders" rows={2}>
        {(data) => (
          <div className="rows">
            {data.pages.flatMap((p) => p.items).map((o) => (
              <OrderPart key={o.id} order={o} />
            ))}
          </div>
        )}
      </Loaded>
    </Card>
  );
}

/** How much of each line is not invoiced yet, in thousandths. */
export function openQuantities(order: Order, invoices: Invoice[]): number[] {
  const standing = invoices.filter((i) => i.order_id === order.id && i.state !== 'cancelled').flatMap((i) => i.lines ?? []);
  return (order.lines ?? []).map((l, at) => l.quantity - standing.filter((s) => s.position === at).reduce((sum, s) => sum + s.quantity, 0));
}

function OrderPart({ order: o }: { order: Order }) {
  const may = useMay();
  const end = useEndOrder(o);
  const invoices = useInvoices(o.opportunity_id, may('invoice:read'));
  const [asked, setAsked] = useState<'invoice' | 'fulfilled' | 'cancelled' | null>(null);
  const close = () => setAsked(null);
  const ask = (what: typeof asked) => {
    end.reset();
    setAsked(what);
  };
  const all = (invoices.data?.pages ?? []).flatMap((p) => p.items);
  const left = openQuantities(o, all);
  const about = [`Ordered ${formatDay(o.created_at)}`, o.ended_at && `ended ${formatDay(o.ended_at)}`, o.reason].filter(Boolean).join(' · ');
  return (
    <Stack gap={0}>
      <DocumentRow
        document={o}
        about={about}
        actions={
          <>
            {may('invoice:create') && o.state !== 'cancelled' && invoices.data && left.some((q) => q > 0) && (
              <Button size="compact-sm" variant="light" onClick={() => ask('invoice')} aria-label={`Invoice: ${o.number}`}>
                Invoice
              </Button>
            )}
            {may('order:update') && o.state === 'open' && (
              <>
                <Button size="compact-sm" variant="default" onClick={() => ask('fulfilled')} aria-label={`Fulfilled: ${o.number}`}>
                  Fulfilled
                </Button>
                <Button size="compact-sm" variant="default" onClick={() => ask('cancelled')} aria-label={`Cancel: ${o.number}`}>
                  Cancel
                </Button>
              </>
            )}
          </>
        }
      />
      {may('invoice:read') && (
        <Loaded query={invoices} what="the invoices" rows={1}>
          {() => (
            <div className="branch">
              {all.filter((i) => i.order_id === o.id).map((i) => (
                <InvoiceRow key={i.id} invoice={i} />
              ))}
            </div>
          )}
        </Loaded>
      )}
      {asked === 'invoice' && <InvoiceForm order={o} left={left} onClose={close} />}
      <Confirm opened={asked === 'fulfilled'} title={`${o.number} is fulfilled?`} action="Fulfilled" change={end} onConfirm={() => end.mutate({ state: 'fulfilled' }, { onSuccess: close })} onClose={close}>
        Everything was delivered. This is not taken back.
      </Confirm>
      {asked === 'cancelled' && <TextAsked title={`Why is ${o.number} cancelled?`} action="Cancel the order" change={end} onAnswer={(reason) => end.mutate({ state: 'cancelled', reason }, { onSuccess: close })} onClose={close} />}
    </Stack>
  );
}
