// Ctrl+Enter (or ⌘+Enter) sends a form from any of its fields, without a round trip for every key.
document.addEventListener('keydown', event => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest('form[data-submit-shortcut]');
  if (!form) return;
  event.preventDefault();
  // The field has not lost the focus yet, so nobody knows its value.
  event.target.dispatchEvent(new Event('change', { bubbles: true }));
  form.requestSubmit();
});

// A server that was restarted no longer knows this page: loading it again restores it.
const connection = document.getElementById('components-reconnect-modal');
connection?.addEventListener('components-reconnect-state-changed', event => {
  if (event.detail.state === 'rejected') location.reload();
});
connection?.querySelector('button').addEventListener('click', async () => {
  try {
    if (!await Blazor.reconnect()) location.reload();
  } catch {
    // Still not there; the message stays.
  }
});

// A dialog begins at its first field. The server would say so late, and take the focus from where one types by then.
const begun = new WeakSet();
new MutationObserver(() => {
  const dialog = [...document.getElementsByClassName('mud-dialog')].at(-1);
  if (!dialog || begun.has(dialog)) return;
  const first = dialog.querySelector('input:not([type="hidden"], [readonly]), textarea, button');
  if (!first) return;
  begun.add(dialog);
  first.focus();
}).observe(document.body, { childList: true, subtree: true });

window.swe = {
  copy: text => navigator.clipboard.writeText(text),

  // Saves a text as a file, without asking a server for it.
  save(name, text) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  },

  // The end of what is printed stays in view.
  follow: element => { element.scrollTop = element.scrollHeight; },

  // Read piece by piece: a circuit ends at a message of more than 32 KB.
  textOf: (area, file) => file?.files.length ? file.files[0] : new TextEncoder().encode(area.value),

  // Brings a new result into view when the form above it has pushed it out.
  reveal(element) {
    if (element.getBoundingClientRect().top < innerHeight * 0.75) return;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    element.scrollIntoView({ behavior: calm ? 'auto' : 'smooth', block: 'start' });
  },
};

// What somebody has typed into a form outlives the page: a lost circuit, a restart, a reload.
const drafts = {
  fields: form => [...form.querySelectorAll('textarea, input[type="text"], input:not([type])')].filter(field => !field.readOnly),
  key: form => `draft:${form.dataset.draft}`,
};
document.addEventListener('input', event => {
  const form = event.target.closest?.('form[data-draft]');
  if (!form) return;
  try {
    sessionStorage.setItem(drafts.key(form), JSON.stringify(drafts.fields(form).map(field => field.value)));
  } catch {
    // Full or forbidden: then it is not kept.
  }
});
// A dialog that was sent has done its work; the form of a page shows what was used last.
document.addEventListener('submit', event => {
  if (event.target.dataset.draft && event.target.closest('.mud-dialog')) sessionStorage.removeItem(drafts.key(event.target));
});
const restored = new WeakSet();
new MutationObserver(() => {
  for (const form of document.querySelectorAll('form[data-draft]')) {
    // Before the circuit is there, nobody would hear of a change.
    if (restored.has(form) || form.closest('[inert]')) continue;
    restored.add(form);
    let kept = [];
    try {
      kept = JSON.parse(sessionStorage.getItem(drafts.key(form)) ?? '[]');
    } catch {
      continue;
    }
    for (const [at, field] of drafts.fields(form).entries()) {
      if (!kept[at] || field.value) continue;
      field.value = kept[at];
      field.dispatchEvent(new Event('input', { bubbles: true }));
      field.dispatchEvent(new Event('change', { bubbles: true }));
    }
  }
}).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['inert'] });
