// What the theme leaves undone for those who use the keyboard, or hear a page.
const reachable = (scroller) => {
  if (scroller.scrollWidth > scroller.clientWidth && !scroller.hasAttribute("tabindex")) scroller.tabIndex = 0;
};
const follow = (scroller) => new ResizeObserver(() => reachable(scroller)).observe(scroller);
new MutationObserver((changes) => {
  for (const { type, target, addedNodes } of changes) {
    // Without a mouse that hovers, the theme takes blocks of code out of reach of the Tab key.
    if (type === "attributes" && target.matches("pre > code")) reachable(target);
    for (const node of addedNodes) {
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      if (node.matches(".md-typeset__scrollwrap")) follow(node);
      // A landmark without a name, around the button beside each block of code.
      if (node.matches(".md-code__nav")) {
        node.setAttribute("role", "presentation");
        follow(node.closest("pre").querySelector("code"));
      }
    }
  }
}).observe(document.body, { attributeFilter: ["tabindex"], childList: true, subtree: true });
