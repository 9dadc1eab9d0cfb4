// What a page looks like, as a browser has it: asked of each page by tests/browser/looked_at.py.
({
  // Rules of WCAG 2.1 A and AA, and of good practice, that something on the page breaks; `rules`
  // names some where the others cannot come out otherwise than before.
  broken: async (rules) => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
    const runOnly = rules ?? tags;
    const found = await axe.run(document, { runOnly, resultTypes: ["violations"] });
    return found.violations.map(
      (one) => `${one.id}: ${one.nodes[0].target} (${one.nodes.length}): ${one.nodes[0].failureSummary}`,
    );
  },

  // The smallest letters inside an element, in points; what is hidden has none.
  smallest: (selector) => {
    const sizes = [];
    for (const root of document.querySelectorAll(selector)) {
      const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const holder = texts.currentNode.parentElement;
        const seen = document.createRange();
        seen.selectNodeContents(texts.currentNode);
        const box = seen.getBoundingClientRect();
        // What only a screen reader has is a pixel large.
        if (!texts.currentNode.data.trim() || box.width * box.height === 0) continue;
        if (holder.closest(".vh, title, style, script")) continue;
        // Inside a picture letters are as large as the picture is drawn.
        const drawn = holder.getScreenCTM ? holder.getScreenCTM().a : 1;
        sizes.push([parseFloat(getComputedStyle(holder).fontSize) * drawn * 0.75, texts.currentNode.data.trim()]);
      }
    }
    return sizes.length ? sizes.reduce((least, one) => (one[0] < least[0] ? one : least)) : null;
  },

  // How wide the page is: wider than the window, it has to be moved sideways.
  width: () => document.documentElement.scrollWidth,
})
