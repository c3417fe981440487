# ISC license.
# usage: look.py CHROMIUM HTML-DIRECTORY SHOTS-DIRECTORY
# Looks at each page in Chromium, at 1280 and 390 pixels, in light and dark: nothing is wider
# than the window, each link has its target, letters have a contrast, the search finds each
# page by its name. Writes a picture of each view. Says what is wrong, and exits 1.

import base64, json, os, pathlib, subprocess, sys, tempfile

WIDTHS = (1280, 390)
SCHEMES = ('light', 'dark')

# What is wrong with the page that is shown, as a list of lines.
# A phone's innerWidth grows with what is too wide, so the edge is what was asked for.
JUDGE = r'''((edge) => {
  const wrong = [] ;
  if (document.documentElement.scrollWidth > edge)
    for (const it of document.body.querySelectorAll('*'))
    {
      const box = it.closest('pre, .wide') ;
      if (it.getBoundingClientRect().right > edge && (!box || box === it)) wrong.push('wider than the window: ' + it.outerHTML.slice(0, 80)) ;
    }
  if (document.documentElement.scrollWidth > edge && !wrong.length) wrong.push('wider than the window') ;
  for (const it of document.querySelectorAll('dl.pages dt a, nav a'))
    if (it.getClientRects().length > 1) wrong.push('a name wraps: ' + it.textContent) ;
  const light = (color) => {
    const c = color.match(/[\d.]+/g).slice(0, 3).map((v) => v / 255).map((v) => v <= .04 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4) ;
    return .2126 * c[0] + .7152 * c[1] + .0722 * c[2] ;
  } ;
  const paper = (it) => {
    for ( ; it ; it = it.parentElement)
    {
      const color = getComputedStyle(it).backgroundColor ;
      if (!/, 0\)$/.test(color)) return color ;
    }
    return 'rgb(255, 255, 255)' ;
  } ;
  for (const it of document.body.querySelectorAll('p, a, dt, dd, td, pre, code, h1, h2, h3, span, text'))
  {
    const style = getComputedStyle(it) ;
    const pair = [light(it.tagName === 'text' ? style.fill : style.color), light(paper(it))].sort((a, b) => b - a) ;
    if ((pair[0] + .05) / (pair[1] + .05) < 4.5) { wrong.push('hard to read: ' + it.outerHTML.slice(0, 80)) ; break ; }
  }
  for (const it of document.querySelectorAll('svg text'))
    if (it.getBoundingClientRect().height < 11) { wrong.push('letters of the picture are small') ; break ; }
  return wrong ;
})'''

LINKS = r'''[Array.from(document.querySelectorAll('a[href], link[href], script[src]'), (it) => it.href || it.src),
  Array.from(document.querySelectorAll('[id]'), (it) => it.id), location.href]'''

SEARCH = r'''(name) => {
  const field = document.querySelector('input[type=search]') ;
  field.value = name ;
  field.dispatchEvent(new Event('input')) ;
  return Array.from(document.querySelectorAll('.found li > a:first-child'), (it) => it.textContent) ;
}'''


class Browser:
    """Chromium, by pipes that have its descriptors 3 and 4."""

    def __init__(self, program, profile):
        to_read, self.to = os.pipe()
        self.back, from_write = os.pipe()

        def descriptors():
            read, write = os.dup(to_read), os.dup(from_write)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self.process = subprocess.Popen(
            [program, '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars',
             '--remote-debugging-pipe', '--user-data-dir=' + profile],
            preexec_fn=descriptors, close_fds=False, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.number = 0
        self.buffer = b''
        self.session = None
        target = self.call('Target.createTarget', url='about:blank')['targetId']
        self.session = self.call('Target.attachToTarget', targetId=target, flatten=True)['sessionId']
        self.call('Page.enable')

    def message(self):
        while b'\0' not in self.buffer:
            more = os.read(self.back, 1 << 20)
            if not more:
                sys.exit('look.py: fatal: chromium has ended')
            self.buffer += more
        text, self.buffer = self.buffer.split(b'\0', 1)
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        call = {'id': self.number, 'method': method, 'params': parameters}
        if self.session:
            call['sessionId'] = self.session
        text = json.dumps(call).encode() + b'\0'
        while text:
            text = text[os.write(self.to, text):]
        while True:
            answer = self.message()
            if answer.get('id') == self.number:
                if 'error' in answer:
                    sys.exit('look.py: fatal: %s: %s' % (method, answer['error']))
                return answer['result']

    def value(self, expression):
        answer = self.call('Runtime.evaluate', expression=expression, returnByValue=True, awaitPromise=True)
        if 'exceptionDetails' in answer:
            sys.exit('look.py: fatal: %s' % answer['exceptionDetails'])
        return answer['result'].get('value')

    def view(self, width, scheme):
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=800, deviceScaleFactor=1, mobile=width < 600)
        self.call('Emulation.setEmulatedMedia', features=[{'name': 'prefers-color-scheme', 'value': scheme}])

    def go(self, url):
        self.call('Page.navigate', url=url)
        self.value('new Promise((done) => document.readyState === "complete" ? done() : addEventListener("load", done))')

    def shoot(self, width, path):
        height = min(self.value('document.documentElement.scrollHeight'), 16000)
        shot = self.call('Page.captureScreenshot', captureBeyondViewport=True,
                         clip={'x': 0, 'y': 0, 'width': width, 'height': height, 'scale': 1})
        path.write_bytes(base64.b64decode(shot['data']))

    def end(self):
        self.call('Browser.close')
        self.process.wait(20)


def look(browser, pages, shots, wrong):
    for scheme in SCHEMES:
        for width in WIDTHS:
            browser.view(width, scheme)
            for page in pages:
                browser.go(page.as_uri())
                for line in browser.value('%s(%d)' % (JUDGE, width)):
                    wrong.append('%s, %d pixels, %s: %s' % (page.name, width, scheme, line))
                browser.shoot(width, shots / ('%s-%d-%s.png' % (page.stem, width, scheme)))


def links(browser, pages, wrong):
    targets, ids = {}, {}
    for page in pages:
        browser.go(page.as_uri())
        targets[page.name], found, _ = browser.value(LINKS)
        ids[page.as_uri()] = set(found)
    for name, list_of_them in targets.items():
        for target in list_of_them:
            file, _, anchor = target.partition('#')
            if file.startswith('http'):
                continue
            if file in ids:
                if not anchor or browser.value('decodeURIComponent(%s)' % json.dumps(anchor)) in ids[file]:
                    continue
            elif pathlib.Path(file.replace('file://', '', 1)).is_file():
                continue
            wrong.append('%s: a link that leads nowhere: %s' % (name, target))


def search(browser, pages, wrong):
    for start in (pages[0].parent / 'index.html', pages[0]):
        browser.go(start.as_uri())
        browser.value('new Promise((done) => { document.querySelector("input").focus() ; const wait = () => pages.length ? done() : setTimeout(wait, 10) ; wait() ; })')
        for page in pages:
            if page.name == 'index.html':
                continue
            name, section = page.stem.rsplit('.', 1)
            found = browser.value('(%s)(%s)' % (SEARCH, json.dumps(name)))
            if '%s(%s)' % (name, section) not in found[:2]:
                wrong.append('search from %s: %s finds %s' % (start.name, name, found))
        if browser.value('(%s)("qqzzy")' % SEARCH):
            wrong.append('search: nonsense is found')


def main():
    program, directory, shots = sys.argv[1:]
    pages = sorted(pathlib.Path(directory).resolve().glob('*.html'))
    shots = pathlib.Path(shots)
    shots.mkdir(parents=True, exist_ok=True)
    wrong = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        links(browser, pages, wrong)
        search(browser, pages, wrong)
        look(browser, pages, shots, wrong)
        browser.end()
    for line in wrong:
        print(line)
    print('%d pages, %d views, %d faults' % (len(pages), len(pages) * len(WIDTHS) * len(SCHEMES), len(wrong)))
    sys.exit(1 if wrong or not pages else 0)


main()
