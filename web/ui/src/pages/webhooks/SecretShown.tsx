import { Modal } from '@mantine/core';
import { ShownOnce } from '../../components/ShownOnce';

/** A secret that was just made: it is shown here and never again. */
export function SecretShown({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Modal opened={secret !== ''} onClose={onClose} title="The secret" closeOnClickOutside={false}>
      <ShownOnce title="Give it to the receiver" about="With it the receiver proves that what arrives is from here. It is not shown again." label="Secret" value={secret} onDone={onClose} />
    </Modal>
  );
}
