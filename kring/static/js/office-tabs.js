/** On a phone the tabs of the office scroll sideways: the one of this page comes into view. */
class OfficeTabs extends HTMLElement {
  connectedCallback() {
    const [tabs] = this.children;
    const here = tabs.querySelector("[aria-current]");
    if (here) tabs.scrollLeft = here.offsetLeft - (tabs.clientWidth - here.offsetWidth) / 2;
  }
}

customElements.define("office-tabs", OfficeTabs);
