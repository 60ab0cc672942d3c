// What somebody may do, as far as pages ask before they offer it.
import { useSession } from './queries';

/**
 * Says of a grant, such as lead:create, whether somebody's roles give it for any record at all. What
 * is not known yet is offered: the server decides.
 */
export function useMay(): (grant: string) => boolean {
  const grants = useSession().data?.grants;
  return (grant) => grants?.includes(grant) ?? true;
}
