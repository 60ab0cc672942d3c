import { Badge, Button, Group, Modal, NumberInput, SimpleGrid, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { Problem } from '../../api/client';
import { useMay } from '../../api/grants';
import { useProducts, useSaveProduct, type Product } from '../../api/sales';
import { FormButtons } from '../../components/FormButtons';
import { Icon } from '../../components/Icon';
import { Empty, Failed, Listed } from '../../components/states';
import { formatBasisPoints } from '../../format';

/** The products, the newest first. */
export function ProductsPanel() {
  const products = useProducts();
  const may = useMay();
  const [open, setOpen] = useState<Product | 'new'>();
  return (
    <>
      {may('product:create') && (
        <Button mb="md" leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen('new')}>
          New product
        </Button>
      )}
      <Listed list={products} what="Products" keyOf={(p) => p.id} empty={<Empty title="No product yet">Lines of quotes can be written without, but then nothing gives their prices.</Empty>}>
        {(p) => (
          <Group justify="space-between" py="sm" gap="xs">
            <Stack gap={2} miw={0} flex="1 1 12rem">
              <Group gap={6}>
                <Text fz="sm" fw={600} dir="auto">
                  {p.name}
                </Text>
                {!p.active && <Badge color="gray">not sold any more</Badge>}
              </Group>
              <Text fz="xs" c="dimmed">
                {[p.code, p.unit && `per ${p.unit}`, `tax ${formatBasisPoints(p.tax)}`].filter(Boolean).join(' · ')}
              </Text>
            </Stack>
            {may('product:update') && (
              <Button size="xs" variant="default" onClick={() => setOpen(p)} aria-label={`Change ${p.name}`}>
                Change
              </Button>
            )}
          </Group>
        )}
      </Listed>
      {open && <ProductForm key={open === 'new' ? 'new' : open.id} product={open === 'new' ? undefined : open} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function ProductForm({ product, onClose }: { product: Product | undefined; onClose: () => void }) {
  const save = useSaveProduct(product);
  const form = useForm({
    initialValues: { code: product?.code ?? '', name: product?.name ?? '', unit: product?.unit ?? '', tax: (product ? product.tax / 100 : '') as number | string, active: product?.active ?? true },
    validate: { code: (v) => (v.trim() ? null : 'Give it a code'), name: (v) => (v.trim() ? null : 'Give it a name') },
  });
  const submit = form.onSubmit(({ tax, ...rest }) =>
    save.mutate({ ...rest, tax: Math.round(Number(tax) * 100) }, { onSuccess: onClose, onError: (e) => e instanceof Problem && form.setErrors(e.fields) }),
  );
  return (
    <Modal opened onClose={onClose} title={product ? `Change ${product.name}` : 'New product'}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          {save.error && <Failed error={save.error} />}
          <TextInput label="Code" description="What the company calls it; there is one of each" required maxLength={50} data-autofocus {...form.getInputProps('code')} />
          <TextInput label="Name" required maxLength={200} {...form.getInputProps('name')} />
          <SimpleGrid cols={2} spacing="sm">
            <TextInput label="Unit" placeholder="pc" maxLength={20} {...form.getInputProps('unit')} />
            <NumberInput label="Tax" suffix=" %" min={0} max={100} decimalScale={2} hideControls {...form.getInputProps('tax')} />
          </SimpleGrid>
          <Switch label="Is sold" {...form.getInputProps('active', { type: 'checkbox' })} />
          <FormButtons label={product ? 'Save' : 'Create'} saving={save.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
