import { PageTitle } from '../../components/PageTitle';
import { Parts } from '../../components/Parts';
import { PriceListsPanel } from './PriceListsPanel';
import { ProductsPanel } from './ProductsPanel';

/** What the company sells, and for how much. */
export default function ProductsPage() {
  return (
    <>
      <PageTitle title="Products and prices" about="What quotes are made of. Prices are net, of one unit, in one currency a list." />
      <Parts
        parts={[
          { value: 'products', label: 'Products', needs: 'product:read', Panel: ProductsPanel },
          { value: 'prices', label: 'Price lists', needs: 'price_list:read', Panel: PriceListsPanel },
        ]}
      />
    </>
  );
}
