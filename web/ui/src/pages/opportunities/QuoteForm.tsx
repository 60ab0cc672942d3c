import { Button, Card, Group, Modal, NumberInput, Select, SimpleGrid, Stack, Textarea, TextInput, Title } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { Problem } from '../../api/client';
import { usePriceLists, useProducts, useSaveQuote, type Line, type LineFields, type PriceList, type Product, type Quote } from '../../api/sales';
import { FormButtons } from '../../components/FormButtons';
import { Icon } from '../../components/Icon';
import { OrderButtons } from '../../components/OrderButtons';
import { changed, moved, without } from '../../components/ordered';
import { Failed } from '../../components/states';
import { minorUnits, toMinor } from '../../format';

/** A line as it is written: prices in the major unit, shares in percent, whole units. */
export interface LineDraft {
  product: string;
  text: string;
  quantity: number | string;
  unit: string;
  price: number | string;
  discount: number | string;
  tax: number | string;
}

const blank: LineDraft = { product: '', text: '', quantity: 1, unit: '', price: '', discount: '', tax: '' };

export const draftOf = (l: Line, currency: string): LineDraft => ({
  product: l.product_id, text: l.text, quantity: l.quantity / 1000, unit: l.unit, price: l.price / minorUnits(currency), discount: l.discount / 100 || '', tax: l.tax / 100,
});

/** The line as it is sent: what is left empty comes from the product and the price list. */
export const lineOf = (d: LineDraft, currency: string): LineFields => ({
  quantity: Math.round(Number(d.quantity) * 1000),
  ...(d.product ? { product_id: d.product } : {}),
  ...(d.text.trim() ? { text: d.text } : {}),
  ...(d.unit.trim() ? { unit: d.unit } : {}),
  ...(d.price === '' ? {} : { price: toMinor(d.price, currency) }),
  ...(d.discount === '' ? {} : { discount: Math.round(Number(d.discount) * 100) }),
  ...(d.tax === '' ? {} : { tax: Math.round(Number(d.tax) * 100) }),
});

interface Props {
  opportunity: string;
  /** Of the opportunity, for a new quote. */
  currency: string;
  /** The draft that is changed; a new one when it is left out. */
  quote?: Quote;
  onClose: () => void;
}

/** Drafts a quote, or changes a draft. */
export function QuoteForm({ opportunity, currency: usual, quote, onClose }: Props) {
  const save = useSaveQuote(opportunity, quote);
  const products = useProducts().data?.pages.flatMap((p) => p.items) ?? [];
  const lists = usePriceLists().data?.pages.flatMap((p) => p.items) ?? [];
  const [currency, setCurrency] = useState(quote?.currency || usual || 'EUR');
  const [list, setList] = useState('');
  const [until, setUntil] = useState(quote?.valid_until?.slice(0, 10) ?? '');
  const [discount, setDiscount] = useState<number | string>(quote ? quote.discount / 100 || '' : '');
  const [notes, setNotes] = useState(quote?.notes ?? '');
  const [lines, setLines] = useState<LineDraft[]>(quote?.lines ? quote.lines.map((l) => draftOf(l, quote.currency)) : [blank]);
  const prices = lists.find((l) => l.id === list);
  const told = save.error instanceof Problem ? save.error.fields : {};
  const submit = (e: FormEvent) => {
    e.preventDefault();
    save.mutate(
      {
        currency,
        notes,
        lines: lines.map((l) => lineOf(l, currency)),
        ...(list ? { price_list_id: list } : {}),
        ...(discount === '' ? {} : { discount: Math.round(Number(discount) * 100) }),
        ...(until ? { valid_until: `${until}T23:59:59Z` } : {}),
      },
      { onSuccess: onClose },
    );
  };
  return (
    <Modal opened onClose={onClose} title={quote ? `Change ${quote.number}` : 'New quote'} size="xl">
      <form onSubmit={submit}>
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, xs: 2, sm: 4 }} spacing="sm">
            <Select label="Price list" placeholder="None" clearable value={list || null} onChange={(v) => { setList(v ?? ''); setCurrency(lists.find((l) => l.id === v)?.currency ?? currency); }} data={lists.map((l) => ({ value: l.id, label: `${l.name} (${l.currency})` }))} error={told.price_list_id} />
            <TextInput label="Currency" required maxLength={3} value={currency} onChange={(e) => setCurrency(e.currentTarget.value.toUpperCase())} error={told.currency} />
            <NumberInput label="Discount on all" suffix=" %" min={0} max={100} decimalScale={2} hideControls value={discount} onChange={setDiscount} error={told.discount} />
            <TextInput label="Valid until (UTC)" type="date" value={until} onChange={(e) => setUntil(e.currentTarget.value)} error={told.valid_until} />
          </SimpleGrid>
          {lines.map((l, i) => (
            <LineCard key={i} line={l} at={i} length={lines.length} products={products} prices={prices} currency={currency} told={told} onChange={(part) => setLines(changed(lines, i, part))} onMove={(to) => setLines(moved(lines, i, to))} onRemove={() => setLines(without(lines, i))} />
          ))}
          <Group>
            <Button size="xs" variant="default" leftSection={<Icon name="plus" size={14} />} onClick={() => setLines([...lines, blank])}>
              New line
            </Button>
          </Group>
          <Textarea label="Notes" description="Printed on the quote" rows={2} maxLength={4000} value={notes} onChange={(e) => setNotes(e.currentTarget.value)} />
          {save.error && <Failed error={save.error} />}
          <FormButtons label="Save the draft" saving={save.isPending} disabled={lines.length === 0} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}

interface LineCardProps {
  line: LineDraft;
  at: number;
  length: number;
  products: Product[];
  prices: PriceList | undefined;
  currency: string;
  told: Record<string, string>;
  onChange: (part: Partial<LineDraft>) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
}

function LineCard({ line: l, at, length, products, prices, currency, told, onChange, onMove, onRemove }: LineCardProps) {
  const listed = l.product ? prices?.prices[l.product] : undefined;
  const error = (field: string) => told[`lines[${at}].${field}`];
  const choose = (id: string | null) => {
    const p = products.find((x) => x.id === id);
    onChange({ product: id ?? '', ...(p ? { text: p.name, unit: p.unit, tax: p.tax / 100, price: '' } : {}) });
  };
  return (
    <Card padding="sm" component="section" aria-label={`Line ${at + 1}`}>
      <Group justify="space-between" wrap="nowrap" mb="xs">
        <Title order={3} fz="sm">
          Line {at + 1}
        </Title>
        <OrderButtons name={`line ${at + 1}`} at={at} length={length} onMove={onMove} onRemove={onRemove} />
      </Group>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
        <Select label="Product" placeholder="None" searchable clearable nothingFoundMessage="No product is called so" value={l.product || null} onChange={choose} error={error('product_id')} data={products.filter((p) => p.active || p.id === l.product).map((p) => ({ value: p.id, label: `${p.code} ${p.name}` }))} />
        <TextInput label="Text" required={!l.product} maxLength={1000} value={l.text} onChange={(e) => onChange({ text: e.currentTarget.value })} error={error('text')} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 2, sm: 5 }} spacing="xs" mt="xs">
        <NumberInput label="Quantity" required min={0.001} decimalScale={3} hideControls value={l.quantity} onChange={(quantity) => onChange({ quantity })} error={error('quantity')} />
        <TextInput label="Unit" maxLength={20} value={l.unit} onChange={(e) => onChange({ unit: e.currentTarget.value })} />
        <NumberInput label="Price, net" required={listed === undefined} placeholder={listed === undefined ? '' : String(listed / minorUnits(currency))} decimalScale={4} hideControls thousandSeparator value={l.price} onChange={(price) => onChange({ price })} error={error('price')} />
        <NumberInput label="Discount" suffix=" %" min={0} max={100} decimalScale={2} hideControls value={l.discount} onChange={(discount) => onChange({ discount })} error={error('discount')} />
        <NumberInput label="Tax" suffix=" %" min={0} max={100} decimalScale={2} hideControls value={l.tax} onChange={(tax) => onChange({ tax })} error={error('tax')} />
      </SimpleGrid>
    </Card>
  );
}
