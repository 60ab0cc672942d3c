import { Button, Group, Modal, NumberInput, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { Problem } from '../../api/client';
import { useMay } from '../../api/grants';
import { usePriceLists, useProducts, useSavePriceList, type PriceList } from '../../api/sales';
import { FormButtons } from '../../components/FormButtons';
import { Icon } from '../../components/Icon';
import { Empty, Failed, Listed } from '../../components/states';
import { formatDate, formatNumber, minorUnits, toMinor } from '../../format';

/** The price lists, the newest first. */
export function PriceListsPanel() {
  const lists = usePriceLists();
  const may = useMay();
  const [open, setOpen] = useState<PriceList | 'new'>();
  return (
    <>
      {may('price_list:create') && (
        <Button mb="md" leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen('new')}>
          New price list
        </Button>
      )}
      <Listed list={lists} what="Price lists" keyOf={(l) => l.id} empty={<Empty title="No price list yet">A quote that names one takes its prices from there.</Empty>}>
        {(l) => (
          <Group justify="space-between" py="sm" gap="xs">
            <Stack gap={2} miw={0} flex="1 1 12rem">
              <Text fz="sm" fw={600} dir="auto">
                {l.name}
              </Text>
              <Text fz="xs" c="dimmed">
                {[l.currency, priced(l), l.valid_from && `from ${formatDate(l.valid_from)}`, l.valid_until && `until ${formatDate(l.valid_until)}`].filter(Boolean).join(' · ')}
              </Text>
            </Stack>
            {may('price_list:update') && (
              <Button size="xs" variant="default" onClick={() => setOpen(l)} aria-label={`Change ${l.name}`}>
                Change
              </Button>
            )}
          </Group>
        )}
      </Listed>
      {open && <PriceListForm key={open === 'new' ? 'new' : open.id} list={open === 'new' ? undefined : open} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function priced(l: PriceList): string {
  const n = Object.keys(l.prices).length;
  return n === 1 ? '1 price' : `${formatNumber(n)} prices`;
}

function PriceListForm({ list, onClose }: { list: PriceList | undefined; onClose: () => void }) {
  const save = useSavePriceList(list);
  const products = useProducts();
  const [name, setName] = useState(list?.name ?? '');
  const [currency, setCurrency] = useState(list?.currency ?? 'EUR');
  const [from, setFrom] = useState(list?.valid_from?.slice(0, 10) ?? '');
  const [until, setUntil] = useState(list?.valid_until?.slice(0, 10) ?? '');
  const [prices, setPrices] = useState<Record<string, number | string>>(() => Object.fromEntries(Object.entries(list?.prices ?? {}).map(([id, p]) => [id, p / minorUnits(list?.currency ?? 'EUR')])));
  const told = save.error instanceof Problem ? save.error.fields : {};
  const submit = (e: FormEvent) => {
    e.preventDefault();
    save.mutate(
      {
        name,
        currency,
        prices: Object.fromEntries(Object.entries(prices).flatMap(([id, p]) => (p === '' ? [] : [[id, toMinor(p, currency)] as const]))),
        ...(from ? { valid_from: `${from}T00:00:00Z` } : {}),
        ...(until ? { valid_until: `${until}T23:59:59Z` } : {}),
      },
      { onSuccess: onClose },
    );
  };
  return (
    <Modal opened onClose={onClose} title={list ? `Change ${list.name}` : 'New price list'} size="lg">
      <form onSubmit={submit}>
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <TextInput label="Name" required maxLength={200} data-autofocus value={name} onChange={(e) => setName(e.currentTarget.value)} error={told.name} />
            <TextInput label="Currency" required maxLength={3} value={currency} onChange={(e) => setCurrency(e.currentTarget.value.toUpperCase())} error={told.currency} />
            <TextInput label="Holds from (UTC)" description="Empty: always" type="date" value={from} onChange={(e) => setFrom(e.currentTarget.value)} error={told.valid_from} />
            <TextInput label="Until (UTC)" description="Empty: for ever" type="date" value={until} onChange={(e) => setUntil(e.currentTarget.value)} error={told.valid_until} />
          </SimpleGrid>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            {(products.data?.pages.flatMap((p) => p.items) ?? []).map((p) => (
              <NumberInput key={p.id} label={p.name} description={[p.code, p.unit && `per ${p.unit}`].filter(Boolean).join(' · ')} placeholder="No price" min={0} decimalScale={4} thousandSeparator hideControls value={prices[p.id] ?? ''} onChange={(v) => setPrices({ ...prices, [p.id]: v })} error={told[`prices.${p.id}`]} />
            ))}
          </SimpleGrid>
          {products.data?.pages[0]?.items.length === 0 && <Text fz="sm">There is no product yet: make one first.</Text>}
          {products.hasNextPage && (
            <Button variant="default" size="xs" loading={products.isFetchingNextPage} onClick={() => void products.fetchNextPage()}>
              More products
            </Button>
          )}
          {save.error && <Failed error={save.error} />}
          <FormButtons label={list ? 'Save' : 'Create'} saving={save.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
