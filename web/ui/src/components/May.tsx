import type { ReactNode } from 'react';
import { useMay } from '../api/grants';

/** What somebody finds only whose roles give a grant, such as lead:create. */
export function May({ grant, children }: { grant: string; children: ReactNode }) {
  return useMay()(grant) ? children : null;
}
