"""How people put their tastes: tables of verbs and frames, over the plain form of `plain.py`."""

from __future__ import annotations

import re


def any_of(phrases: str) -> str:
    """A pattern for any of the phrases between ` | `, longest first; a bar without spaces belongs to a phrase.

    >>> any_of("into | (?:big|keen) on")
    '(?:(?:big|keen) on|into)'
    """
    members = (" ".join(p.split()).replace("| ", "|") for p in re.split(r"\s+\|\s+", phrases.strip()))
    return "(?:" + "|".join(sorted(members, key=len, reverse=True)) + ")"


def trimmed(text: str, tail: re.Pattern) -> str:
    """`text` without `tail` at its end, however often that stands there."""
    while (shorter := tail.sub("", text)) != text:
        text = shorter
    return text


# Who speaks, and what may stand before it

ME = r"(?:i|we(?: both| all)?|(?:my|our) (?:\w+ ){1,2}and (?:i|me)|me and my \w+|n_\d+ and i)"
LEAD = any_of("""
    and | but | or | so | also | plus | besides | well | oh | ah | hmm | um | yeah | yes | yep | nope | nah | ok |
    okay | hey | hi | hello | hi there | sorry | look | listen | honestly | frankly | actually | basically |
    personally | seriously | to be honest | to be fair | tbh | ngl | imo | imho | in my opinion | for me |
    as for me | for my part | by the way | btw | fyi | for the record | just so you know | so you know |
    just to let you know | as you know | you know | you know what | you should know | you should know that |
    you see | the thing is | thing is | fact is | the fact is | the truth is | truth is | truth be told |
    turns out | it turns out | it turns out that | i think | i think that | i guess | i suppose | i believe |
    i feel | i find that | i know | i mean | i have to say | i must say | i must admit | i have to admit |
    i admit | i will admit | i have to confess | i confess | i realise | i realised | i realized |
    i have realised | i have realized | i noticed | i have noticed | i have noticed that | i would say |
    i (?:ever |once |just |already )?said | i told you | i already told you | i mentioned | i already said |
    i am afraid(?! of) | if i am honest | if i am being honest | if you must know | note | note that |
    in general | generally | generally speaking | usually | normally | mostly | as a rule | on the whole |
    overall | lately | recently | these days | nowadays | now | most of all | above all | more than anything |
    deep down | secretly | strangely | weirdly | surprisingly | funnily enough | oddly | unfortunately | sadly |
    luckily | obviously | clearly | of course | naturally | because | since | given that | seeing as |
    seeing that | considering | considering that | although | though | even though | while | whereas | however |
    still | anyway | then | except | except that | first | firstly | second | secondly | finally | ps | update |
    confession | full disclosure | heads up | warning | keep in mind | bear in mind | please | haha | lol | wow |
    ugh | god | man | dude | as | just | really | true | right | sure | fair enough | it is just that |
    one thing | about me | a bit about me | background | for context | context | thanks | thank you |
    thanks a lot | in case it helps | if it helps | oh and | and yes | i said that | i told you that | i swear |
    between us | guilty secret | no offence | to start | to start with | the main thing is | in fact |
    you could say | you could say that | you might say | you might say that | you can say | just so we are clear |
    you forgot that | you forgot | remember | remember that | yes and no | honest | my bad | to clarify
""")
# "After work I like …", "in games I prefer …"
SETTING = (
    r"(?:after|as for|at|on|in|during|since(?! i\b| we\b)|before|as an?|when|whenever|with|over|around|for|"
    r"throughout|every|once|"
    r"when it comes to|as far as) [^.?!]{1,60}?"
)
# The person's past, which is no taste of today
LONG_AGO = re.compile(
    r"\b(?:when i was|as a (?:child|kid|teenager|boy|girl|student)|back then|in my (?:youth|"
    r"twenties|teens)|once upon)\b"
)
PASSING = re.compile(any_of("""
    \\btonight\\b | \\btoday\\b | right now | this evening | this time | this afternoon | this morning |
    this weekend | this week | at the moment | for now | just now | not now | for a change | for once |
    this once | just once | for the moment | for one (?:day|evening|night|afternoon|weekend) |
    for the (?:day|evening|night)
"""))  # fmt: skip
MODIFIER = any_of("""
    really | absolutely | just | truly | also | always | still | do | did | have | has | had | am | are | was |
    were | been | being | be | usually | generally | mostly | mainly | particularly | especially | quite |
    rather | kind of | sort of | honestly | genuinely | definitely | certainly | totally | completely | so |
    very | secretly | simply | actually | recently | happen to | tend to | must | to | even | ever | much | too |
    a bit | a little | only | all | personally | deeply | thoroughly | already | finally | got | get | gotten |
    become | find myself | found myself | started to | start to | starting to | come to | came to | grown to |
    learned to | learnt to | grew to | began to | begun to | beginning to | seem to | mad(?= keen) |
    dead(?= keen) | once | strictly | started | begun | starting | not as | not quite as | as | not | never |
    no longer | hardly | rarely | barely | seldom | scarcely | used to | use to | would | could | might | may |
    should | will | shall | can | try to | tried to | trying to | now | for one | myself | both | pretty | super |
    utterly | increasingly | somewhat | slightly | more | most | lately | sometimes | often | occasionally |
    frequently | instantly | enormously | immensely | wholeheartedly | strongly | going to | want to | wanted to |
    hope to | need to | supposed to | long | nearly | almost | currently | passionately | mildly | intensely |
    of course | obviously | probably | in fact | that | all that | exactly | properly | been able to | able to |
    one of those people who | someone who | the kind of person who | the sort of person who | the type who |
    a person who | somebody who | right now | all in all | well | well and truly | recently started to | ever so |
    fully | half | overly | especially not | in general | frankly | necessarily | these days | nowadays
""")
NEGATION = re.compile(r"\b(?:not(?! (?:only|just|merely))|never|no longer|hardly|rarely|barely|seldom|scarcely)\b")
DOUBT = re.compile(
    r"^(?:i|we) (?:do|can|would|could) not (?:really |honestly )?(?:think|say|believe|claim|"
    r"feel)(?: that)? (?=i |we )"
)
HYPOTHETICAL = re.compile(any_of(r"""
    \bwould\b | \bcould\b | \bmight\b | \bmay\b | \bshould\b | \bwill\b | \bshall\b | \bcan\b | \bgoing to\b |
    \bwant to\b | \bwanted to\b | \bhope to\b | \bneed to\b | \bsupposed to\b | \btry to\b | \btried to\b |
    \btrying to\b
"""))  # fmt: skip
STRONGER = re.compile(any_of(r"""
    \breally\b | \babsolutely\b | \btruly\b | \bso\b | \btotally\b | \bcompletely\b | \butterly\b | \balways\b |
    \bnever\b | \bgenuinely\b | \bdeeply\b | \bpassionately\b | with a passion | to bits | so much | to death |
    very much | a lot | at all | like the plague | more than anything | intensely | immensely | to pieces
"""))  # fmt: skip
WEAKER = re.compile(any_of(r"""
    kind of | sort of | \bquite\b | a bit | a little | \bsometimes\b | \bsomewhat\b | \bslightly\b |
    \boccasionally\b | \bmildly\b | \bfairly\b | not really | not particularly | not especially | not so |
    not that | not too | not exactly | i think | i guess | i suppose | \bprobably\b | now and then |
    in small doses | all that | not overly
"""))  # fmt: skip

# Verbs of liking and doing: what each says, and what it says when negated. A number is a value from -1 to 1, a word
# the event of a title, None nothing at all.
Sense = float | str | None
_VERBS: tuple[tuple[Sense, Sense, str], ...] = (
    (0.95, -0.4, """
    adore | adored | worship | cherish | treasure | obsessed with | obsessed by | in love with | live for |
    passionate about | swear by | crazy for | head over heels for
"""),
    (0.9, -0.4, """
    love | loved | loving | crazy about | mad about | mad for | nuts about | wild about | hooked on |
    addicted to | devour | devoured | all about | live and breathe | besotted with | go crazy for | go mad for
"""),
    (0.75, -0.6, """
    enjoy | enjoyed | enjoying | eat up | geek out over | get excited about | get excited by | live to read |
    relish | savour | dig | dug | get a kick out of | get a kick from | fond of | keen on | big on | huge on |
    drawn to | get a lot out of | have a blast with | lap up | delight in | thrive on | have a lot of time for |
    attracted to | have a ball with | crave | take comfort in | find comfort in | revel in
"""),
    (0.75, -0.65, """
    trust | in my element with | go weak at the knees for | go weak in the knees for | go to pieces over
"""),
    (-0.85, 0.2, """
    run a mile from | run miles from | cross the street to avoid | cross the road to avoid
"""),
    (0.65, -0.6, """
    like | liked | liking | prefer | appreciate | appreciated | favour | into | partial to | go for | go in for |
    gravitate to | gravitate towards | gravitate toward | lean to | lean towards | lean toward | interested in |
    fascinated by | fascinated with | intrigued by | rate | seek out | grew up on | grew up with | raised on |
    gotten into | got into | get into | getting into | discovered | rediscovered | value | respond to |
    care deeply about | prioritise | have a thing about | here for | up for anything with | team |
    respond well to | warmed to | warm to | taken to | developed a taste for | acquired a taste for |
    come round to | come around to | came round to | came around to | coming round to | coming around to
"""),
    (0.8, -0.6, """blown away by | moved by | charmed by | captivated by | enchanted by | gripped by | mesmerised by |
        impressed by | impressed with | delighted by | touched by | swept away by | enthralled by | warmed up to"""),
    (-0.8, 0.2, r"""
    (?:disappointed|underwhelmed|unimpressed|let down|confused|bored (?:stiff|silly|rigid|senseless|to tears|to
    death)|traumatised|annoyed|irritated|frustrated|put to sleep|exhausted) (?:by|with|at) | lukewarm on |
    lukewarm about | indifferent to | meh about | meh on | so-so on | count me out for
"""),
    (None, -0.65, r"""
    (?:see|saw|seen|get|got|understand|understood|grasp|grasped) (?:the |what the
    )?(?:appeal|point|attraction|fuss|hype|charm|big deal|allure) (?:of|in|about|is about|with)
"""),
    (0.8, -0.6, r"""(?:a |an |the )?(?:\w+ ){0,3}(?:fans?|lovers?|admirers?|devotees?|followers?|connoisseurs?) of |
        (?:a |an )?(?:\w+ ){0,2}suckers? for | one for | much for | much of a one for"""),
    (0.8, -0.5, r"""
    (?:have |had |got )?(?:a|an|such a|quite a|this|my) (?:\w+ )?(?:soft
    spot|weakness|passion|fondness|love|thing|liking| penchant|taste|preference|predilection|appetite|
    craving|affection|weak spot|crush|obsession) (?:for|on|with)
"""),
    (0.6, -0.6, r"""(?:read|watch|play|reading|watching|playing) (?:a lot of|lots of|loads of|tons of|so much|mostly|
        mainly|nothing but|plenty of|too many|so many|quite a lot of|quite a few) | (?:mostly|mainly|always|usually|
        only|only ever|generally|tend to|often|typically) (?:read|watch|play) | always up for | never say no to"""),
    (None, 0.9, """
    get enough of | getting enough of | have enough of | resist | live without | go without | say no to |
    go wrong with | pass up
"""),
    (-0.7, 0.7, "tire of | tired of | tire | sick of | bored of | bored by | bored with"),
    (-0.75, None, """
    sick and tired of | fed up with | fed up of | weary of | over | done with | through with | had enough of |
    have enough of | had it with | had my fill of | gone off | went off | going off | lost interest in |
    losing interest in | lost patience with |
    lost (?:my|all|the) (?:taste|appetite|love|enthusiasm|passion|patience|interest) (?:for|in|with) |
    fallen out of love with | fell out of love with | outgrown | outgrew | grown out of | grew out of |
    cooled on | gone cold on | soured on | turned against | burned out on | burnt out on | overdosed on |
    sworn off | swore off | moved on from | had too much | had too many | seen too many | read too many |
    watched too many | seen enough | read enough | watched enough | grown weary of | drifted away from
"""),
    (-0.95, 0.2, """
    hate | hated | hating | loathe | loathed | detest | detested | despise | despised | abhor | dread
"""),
    (-0.8, 0.2, """
    dislike | disliked | avoid | avoiding | avoided | shun | steer clear of | stay away from | keep away from |
    shy away from | stay clear of | give a wide berth to | allergic to | scared of | afraid of | terrified of |
    frightened of | squeamish about | disgusted by | grossed out by | sickened by | repulsed by | triggered by |
    put off by | turned off by | creeped out by | freaked out by | bothered by | upset by | disturbed by |
    uncomfortable with | averse to | phobic about | opposed to | annoyed by | irritated by | sensitive to |
    sensitive about | faint-hearted about
"""),
    (-0.9, 0.2, """refuse to watch | refuse to read | refuse to play | draw the line at | faint at | feel sick at |
        get sick from | get queasy at | cover my eyes at | look away at | look away during | get nightmares from |
        have nightmares from | have nightmares about | get nightmares after | recoil from | cringe at | panic at |
        can do without"""),
    (-0.6, 0.2, r"""
    struggle with | skip | switch off during | zone out during | zone out in | fall asleep during |
    fall asleep in | nod off during | find it hard to get into | find it hard to enjoy | have trouble with |
    resent | get bored by | roll my eyes at | lose patience with | lose interest in | lose interest with |
    pass on | wary of | distrust | have an aversion to | have a problem with | have issues with |
    have a low tolerance for
"""),
    (-0.75, None, r"""
    (?:have |had |got )?(?:absolutely )?(?:no|zero|little|very little|not much)
    (?:time|patience|stomach|interest|tolerance|use| love|appetite|desire|taste|head) (?:for|in|left for|to
    watch|to read|to play)
"""),
    (None, -0.7, r"""
    (?:have |had |got )(?:the |any |much |a lot of |enough )?(?:time|patience|stomach|interest|tolerance|
    love|appetite|desire|taste|nerves?|attention span|head) (?:for|in)
"""),
    (None, -0.95, """
    stand | bear | abide | stomach | handle | tolerate | take | stand to watch | stand the sight of |
    bear the sight of | bear to watch | stand watching | stand seeing | stand reading | bear watching |
    handle seeing | handle watching | handle too much | take too much | put up with | stick | cope with |
    deal with | look at | doing with | sit through | endure | face
"""),
    (None, -0.65, """
    watch | play | touch | do | see | get on with | get along with | get through | care for | care much for |
    care about | care a lot for | gel with | click with | get excited about | get the hype about |
    see the appeal of | see the appeal in | see the point of | see the point in | get the appeal of | get |
    understand the appeal of | get the fuss about | understand the hype about | think much of | go near |
    connect with | relate to | vibe with | want anything to do with | find funny | take to | do well with
"""),
    (None, 0.2, "mind | object to | have anything against | have any problem with"),
    ("seen", None, """
    seen | watched | saw | rewatched | re-watched | reread | re-read | played | replayed | been through |
    listened to
"""),
    ("seen", -0.65, "read"),
    ("finished", "abandoned", """
    finished | completed | beaten | beat | got through | got to the end of | made it through | finished reading |
    finished watching | finished playing | binged | platinumed
"""),
    ("abandoned", None, r"""
    (?:gave|given|giving) up (?:on|with|reading|watching|playing) | quit | dropped | bailed on | bailed out of |
    abandoned | dnf | dnfed | dnf'd | walked out of | walked out on | switched off | turned off |
    stopped (?:watching|reading|playing) | fell asleep (?:during|in|watching|reading) | put down | tapped out of |
    ditched | got stuck in | got stuck on | got bored of | got bored with
"""),
    (None, "abandoned", """finish | get past | get to the end of | make it through | complete | manage to finish |
        manage to get through | stick with"""),
)  # fmt: skip
VERBS: tuple[tuple[re.Pattern, Sense, Sense], ...] = tuple((re.compile(any_of(v)), a, b) for a, b, v in _VERBS)
VERB = any_of(" | ".join(v for _, _, v in _VERBS))
# Habits say something only as such: "I don't watch horror", not "I didn't watch Heat".
HABIT = re.compile(r"(?:watch|read|play|touch|do|see|get|go near|get into|take|face|look at)$")
# Verbs that may stand without "I": not "like" (something like …), not "watch" (an order).
BARE = re.compile(any_of(r"""
    love | loved | hate | hated | adore | adored | loathe | loathed | detest | detested | despise | despised |
    dislike | disliked | liked | enjoyed | prefer | (?:really|absolutely|quite|just|totally|truly)
    (?:like|love|enjoy|hate|liked|loved|enjoyed|hated| dislike|adore|loathe|detest|finished|watched|saw|
    read|seen|played) | can not (?!you|we|i) | could not (?!you|we|i) | (?:do|did) not (?:really |particularly
    |much |even )?(?:like|love|enjoy|care for|mind|do|get|hate|finish) | never (?:really |could |quite
    )?(?:finish|like|get into|liked|loved|enjoyed|got into|cared for|finished|watch|read|play|been) | (?:really
    |so |definitely )?not (?:really |so |that |too |very |particularly |exactly |much )?(?:(?:a |of a )?(?:\w+
    )?fan of|into|keen on|big on|fond of|interested in|one for|crazy about) |
    (?:a )?(?:\w+ )?(?:fan|lover|sucker) (?:of|for) | fan of |
    (?:so )?(?:sick|tired|bored|fed up) (?:of|with|by) | so over | obsessed with | gave up on | finished |
    rewatched | reread | read (?=t_) | quit (?!it|that) | walked out of | dnf |
    already (?:seen|saw|watched|read|played) | seen | saw | watched | played | dropped | abandoned | allergic to |
    done with | no (?:time|patience|interest|stomach|tolerance) (?:for|in) |
    (?:have )?always (?:loved|hated|liked|enjoyed|adored) |
    used to (?:be )?(?:love|like|hate|enjoy|adore|mad|crazy|into|obsessed|a fan) | have (?:started|begun) |
    scared of | terrified of | into | big on | keen on | fond of | have (?:seen|watched|read|played|always)
"""))  # fmt: skip

# Frames whose object does not follow "I" and a verb; the group is the object. Values as above.

BE = (
    r"(?:is|are|was|were|has to be|have to be|would be|would have to be|must be|will always be|"
    r"has always been|have always been|have been|has been)"
)
_MOD_WORD = any_of("""
    really | just | always | never | usually | often | sometimes | absolutely | totally | kind of | sort of |
    quite | so | simply | not | do | does | did | can | tend to | still | completely | definitely | honestly |
    literally | all | a bit | truly | much | only | ever | no longer | now | particularly | exactly | rarely |
    hardly | seldom | tends to | has always | have always | has never | have never | right | more | have | has |
    quite simply
""")
_MOD = rf"(?P<mod>(?:{_MOD_WORD} )*)"
_NOUN_WORD = any_of("""
    films? | books? | games? | novels? | genres? | directors? | authors? | writers? | actors? | actress |
    actresses | studios? | series | television | kinds? | sorts? | types? | thing | things | stuff | stories |
    of | ever | by far | all time | filmmakers? | novelists? | poets? | developers? | subjects? | topics? |
    themes? | moods? | settings? | style | era | decade | composer | so far | at the moment | these days |
    growing up | comfort | franchises? | choice | pick | companion | ones? | to watch | to read | to play | show |
    shows | in general |
    right now | currently | lately
""")
_NOUN = rf"(?:{_NOUN_WORD} )*"  # fmt: skip
_MINE_WORD = any_of("""
    thing | cup of tea | jam | bag | scene | style | weakness | guilty pleasure | happy place | comfort zone |
    passion | speed | territory | preference | first love | kind of thing | kind of film | kind of book |
    kind of game | idea of fun | idea of a good time | sort of thing | genre | comfort food | catnip |
    bread and butter | kind of story | favourite | favourites | sweet spot | safe place | life | everything |
    choice
""")
_MINE = (
    rf"(?:my (?!least|worst)(?:[\w-]+ ){{0,4}}?{_MINE_WORD}(?: \w+){{0,3}}|for me|"
    rf"(?:right )?up my (?:street|alley)|to my taste|"
    r"(?:one|some|two|three|among) (?:of )?my (?!least|worst)(?:[\w-]+ ){0,4}?favourites?(?: \w+){0,3})"
)
VERY_WORD = any_of("""
    really | so | very | just | absolutely | quite | pretty | utterly | truly | totally | simply | such | a bit |
    a bit of | kind of | rather | honestly | completely | way | actually | a little | incredibly | always |
    still | surprisingly | probably | extremely | genuinely | a | an | the | also | too | rather | deeply |
    endlessly | strangely | oddly | weirdly | feel | physically | want to | easily | mostly | all | far |
    terribly | often | usually | generally
""")
VERY = rf"(?:{VERY_WORD} )*"  # fmt: skip
SICK = any_of("""
    sick | faint | queasy | ill | nauseous | uncomfortable | cringe | anxious | angry | squirm | switch off |
    dizzy | turn away | unwell | panic | roll my eyes | yawn | sleepy | vomit | throw up | run | scream |
    pass out | miserable | shudder | gag | nervous | woozy | light-headed | depressed | uneasy | scared | upset |
    bored | restless | sad | tired
""")
GLAD = any_of("""
    happy | smile | laugh | good | giddy | feel good | alive | at home | grin | cosy | warm inside | swoon |
    melt | tick | weep with joy | feel alive | feel at home | feel better""")
BORES = any_of("""
    bores? | bored | annoys? | annoyed | irritates? | scares? | scared | terrifies | terrify | terrified |
    frightens? | disgusts? | disturbs? | depress | depresses | depressed | upsets? | bothers? | sickens? |
    repulses? | exhausts? | tires? | infuriates? | gross | grosses | creeps? | freaks? | stress | stresses |
    puts? | turns? | turned | drives? | leaves? | left | lost | loses? | weirds? | horrifies | horrify |
    nauseates? | irks? | alienates? | confuses? | overwhelms? | wears? | winds? | send | sends | put
""")
PLEASES = any_of("""
    fascinates? | intrigues? | interests? | delights? | thrills? | excites? | relax | relaxes | soothes? |
    comforts? | charms? | charmed | moves? | moved | delighted | enchants? | captivates? | calms? | speaks? to |
    appeals? to | amuses? | hooks? | touches | touched | gets? | wins? | won | thrilled | grips? | gripped | blew |
    absorbs? | cheers? | suits? | hooked
""")
DULL = any_of("""
    boring | annoying | tedious | dull | stupid | silly | tiresome | unbearable | exhausting | irritating |
    unwatchable | unreadable | disgusting | gross | overrated | pointless | stressful | overwhelming |
    insufferable | intolerable | repetitive | a bore | a slog | cringe | cringey | pretentious | uninteresting |
    awful | terrible | rubbish | bad | dreadful | trash | garbage | the worst | worst | a waste of time |
    disappointing | a disappointment | a letdown | lame | a let-down | weak | meh | mediocre | nothing special |
    not great | not good | not funny | poor | dire | painful | flat | underwhelming | predictable | shallow |
    abysmal | atrocious | a mess | a drag | unfunny | crap | horrible | not very good | not my favourite |
    not worth it | forgettable | hard going | not impressed | too much | not for me | not my thing | so-so |
    not my cup of tea | hard to watch | hard to follow | difficult to watch | hard to read | hard to sit through |
    hate-able | drivel | dreary | upsetting | disturbing | depressing | creepy | scary | off-putting | cheesy |
    corny | confusing | horrid | vile | nauseating | distressing | sickening | drab | insipid | a chore |
    too long | too slow | too violent | too dark | too scary | too bleak | too gore | too bloody | too silly |
    too sad | interminable | ridiculous | hollow | a flop | dreck | wooden
""")
FINE = any_of("""
    great | good | brilliant | wonderful | amazing | fantastic | awesome | excellent | superb | lovely |
    beautiful | perfect | terrific | gorgeous | fun | stunning | incredible | outstanding | magnificent |
    a masterpiece | masterpiece | the best | best | hilarious | unforgettable | my favourite | a favourite | fab |
    fabulous | delightful | charming | moving | gripping | a joy | a delight | a blast | a gem | sublime |
    exquisite | marvellous | spot on | not bad | epic | genius | breathtaking | thrilling | phenomenal |
    flawless | top notch | a classic | a treat | heartbreaking | riveting | enchanting | underrated | touching |
    captivating | entertaining | splendid | ace | fascinating | comforting | funny | relaxing | soothing |
    interesting | irresistible | addictive | enjoyable | satisfying | cathartic | exciting | compelling | cool |
    intriguing | cosy | calming | extraordinary | remarkable | worth it | mesmerising | magical | glorious |
    unbeatable | solid | lots of fun | so much fun | a hoot | the bomb | haunting
""")
_AGAIN = r"(?: to me| for me| again| ever again| ever| any more| in future| in the future| from now on| please)*"
_SHOW = any_of("show|showing|recommend|recommending|suggest|suggesting|give|giving|offer|offering|serve|bring")
_WORK = any_of("films?|books?|games?|stories|a story|a film|a book|a game|novels?|a novel|anything|any film|something")
_LIKING = any_of("love|like|enjoy|adore|look for|value|seek|appreciate|want|live for|treasure|crave")
_HATING = any_of("""
    hate | dislike | loathe | detest | can not stand | can not bear | can not take | can not handle |
    do not like | do not enjoy | despise | avoid | can not abide | can not deal with | can not stomach |
    do not want
""")
_WHAT = any_of("""
    what | all | two things | three things | some things | things | a few things | the thing | the one thing |
    the only thing | the things | the main thing | one thing | something | if there is one thing |
    the kind of films | the kind of books | the kind of games | the sort of thing | the genre |
    the kind of thing | the kind of stories | the sort of films | the sort of books | the genres
""")
_MOST = r"(?: most| the most| best| more than anything| above all| too| really)?(?: (?:in|about) " + _WORK + r")?"

FRAMES: tuple[tuple[re.Pattern, float], ...] = tuple(
    (re.compile(re.sub(r"\((?=\.\+)", "(?P<obj>", pattern)), value)
    for value, pattern in (
        (-0.85, rf"^(?:my|our) (?:least favourite|most hated) {_NOUN}{BE} (.+)$"),
        (-0.9, rf"^my (?:pet hates?|pet peeves?|bugbear|nightmare|idea of hell|dealbreakers?|deal breakers?|"
            rf"hard nos?|no gos?|no-gos?|"
               rf"red lines?|kryptonite|biggest turn-off|turn-offs?|limits?)(?: in {_WORK})? {BE} (.+)$"),
        (0.9, rf"^(?:my|our) (?:\w+ ){{0,3}}?favourites? (?:\w+ )??{_NOUN}(?:{BE}|:) (?:probably |definitely |"
            rf"still |always )?(.+)$"),
        (0.9, rf"^favourites? {_NOUN}: (.+)$"),
        (0.7, r"^(?:my )?(?:likes?|loves?|i like|i love) : (.+)$"),
        (-0.8, r"^(?:my )?(?:dislikes?|hates?|i dislike|i hate|i avoid) : (.+)$"),
        (0.8, rf"^my (?:go-to|preferred|comfort|desert island|guilty|number one|top|top three|top five|"
            rf"first choice|usual|default) "
              rf"(?:pleasures? )?(?:\w+ )??{_NOUN}(?:pleasures? )?(?:{BE}|:) (?:all |mostly |usually |"
                  rf"mainly )?(?:by |from |about )?(.+)$"),
        (0.85, rf"^my (?:weakness|passion|obsession|thing|jam|soft spot|happy place|first love|true love|"
            rf"cup of tea|taste|tastes|"
               rf"sweet spot|preference|preferences|heart)(?: mostly| mainly)? (?:{BE}|runs?|leans?|tends?|goes|"
                   rf"go|belongs)"
               rf"(?: for| to| towards| toward| with| more to| more towards| mostly| mainly)* (.+)$"),
        (0.85, rf"^one of my (?:\w+ ){{0,3}}?favourites? {_NOUN}{BE} (.+)$"),
        (-0.9, rf"^(.+?) {BE} my (?:least favourite|pet hate|pet peeve|idea of hell|worst nightmare|nightmare|"
            rf"kryptonite|bugbear)(?: \w+){{0,2}}$"),
        (0.75, rf"^(.+?) (?:{BE}|feels? like) {_MOD}{_MINE}$"),
        (0.8, rf"^(.+?) {BE} {VERY}(?:\w+ )?favourites? (?:of mine|with me)$"),
        (-0.85, rf"^(.+?) {BE} (?:a |an )?(?:\w+ )?(?:turn-?off|turn off|deal ?-?breaker|no-go|no go|no-no|"
            rf"hard no|hard pass|big no|red flag)(?: for me)?$"),
        (-0.8, rf"^(.+?) {BE} (?:a )?(?:hard |big |absolute |definite |firm )?(?:no|nope|pass|out)(?: from me|"
            rf" for me)$"),
        (-0.8, rf"^(.+?) {_MOD}{BORES} me(?: off| out| mad| crazy| cold| nuts| up the wall| to tears| to death|"
            rf" to sleep| senseless| "
               rf"silly| stiff| too much| now| completely| a lot| rigid| asleep| round the bend| insane| flat|"
                   rf" down| up| right off| right out| so much| feeling \w+| \w+ly)*$"),
        (-0.8, rf"^(.+?) {_MOD}(?:turns? my stomach|wears? me out|gets? on my nerves|gets? under my skin|"
            rf"does my head in|do my head in|makes? my skin crawl|hurts? my \w+)$"),
        (-0.6, rf"^(.+?) {_MOD}(?:gets?|got) {VERY}(?:boring|tedious|old|annoying|too much)(?: for me)?$"),
        (-0.9, rf"^(.+?) {_MOD}(?:makes?|made|making) me {VERY}{SICK}\b.*$"),
        (0.8, rf"^(.+?) {_MOD}(?:makes?|made) me {VERY}{GLAD}\b.*$"),
        (-0.9, rf"^(.+?) {_MOD}(?:gives?|gave) me (?:the |a |an )?(?:nightmares?|creeps|anxiety|headaches?|"
            rf"panic attacks?|migraines?|motion sickness|ick|"
               rf"willies|bad dreams|heebie-jeebies|shivers)\b.*$"),
        (0.8, rf"^(.+?) {_MOD}(?:gives?|gave|brings?) me (?:so much |a lot of |great |such |pure |"
            rf"real )*(?:joy|comfort|chills|goosebumps|life|peace|pleasure|hope)\b.*$"),
        (-0.7, rf"^(.+?) {_MOD}(?:do|does|did) (?:nothing|absolutely nothing|very little|not do (?:much|"
            rf"anything|it|a lot)) for me$"),
        (-0.65, r"^(.+?) (?:do|does|did|has|have) (?:not|never) (?:really |quite )?(?:do (?:much|anything|it|"
            r"a lot) for|appeal(?:ed)? to|interest(?:ed)?|"
                r"work(?:ed)? for|sp(?:eak|oken) to|grab(?:bed)?|excited?|moved?|sit well with|agree with|"
                    r"thrill(?:ed)?|click(?:ed)? with|tempt|suit|grip|hook) me(?: much| at all)?$"),
        (0.75, rf"^(.+?) {_MOD}{PLEASES} me(?: every time| a lot| deeply| to tears| over| going| down| greatly|"
            rf" so much| up| away| from the start| in the end| after all| at last| completely)*$"),
        (0.7, rf"^(.+?) {_MOD}(?:works? for me|does it for me|do it for me|hits? the spot|hits? different|"
            rf"warms? my heart|makes? my day|lifts? my spirits)(?: every time)?$"),
        (-0.75, r"^(.+?) (?:is|are|was|were) (?:\w+ )?too (?:\w+)(?: \w+)? for me$"),
        (-0.7, r"^(.+?) (?:is|are) (?:just |way |all )?too much$"),
        (-0.7, rf"^(.+?) {BE} {VERY}(?:over|done|played out|old hat|stale|dead|finished) (?:for|to) me$"),
        (-0.9, r"^my (?:stomach|nerves|heart|head|eyes) can not (?:really )?(?:take|handle|stand|bear|"
            r"cope with|stomach) (.+)$"),
        (0.9, r"^(?:i|we) could not (?:put|stop (?:reading|playing|watching)) (.+?)(?: down)?$"),
        (0.85, r"^give me (.+?) (?:any day|every time|any time|anytime|over .+)(?: of the week)?$"),
        (0.85, r"^(?:sign me up for|count me in for|hooray for|yay for|bring on|bring me|i am team|team) (.+)$"),
        (-0.8, r"^(?:count me out (?:for|of)|hard pass on|i will pass on|spare me|down with|boo to|no to|"
            r"zero tolerance for) (.+)$"),
        (-0.8, r"^(.+?) (?:ruins?|kills?|spoils?|wrecks?) (?:it|a film|films|a book|books|a game|games|"
            r"everything|any film|the mood|a story|stories) for me$"),
        (-0.6, r"^(.+?) (?:has|have) lost (?:its|their|all) (?:charm|appeal|shine|magic|lustre|"
            r"interest)(?: for me| to me)?$"),
        (-0.7, r"^(?:really )?not (?:really |quite )?(?:my thing|for me|my cup of tea|my bag|my jam|"
            r"my scene) , (.+)$"),
        (-0.5, r"^i can take or leave (.+)$"),
        (-0.6, r"^i would not (?:choose|pick|watch|read|play) (.+?)(?: by choice| voluntarily| willingly|"
            r" if you paid me| for fun)$"),
        (0.75, rf"^(.+?) {BE} {VERY}(?:a must|important to me|essential|non-negotiable|vital|key|a big plus|"
            rf"a plus|a huge plus|my priority|what matters|what matters most)(?: for me| to me)?$"),
        (0.75, r"^(.+?) (?:matters?|means?) (?:a lot|so much|a great deal|the world|more than anything|"
            r"most)(?: to me| for me)?$"),
        (0.75, r"^(.+?) never (?:fails?|gets? old|disappoints?|gets? boring|lets? me down)(?: for me| to .*)?$"),
        (0.7, r"^(.+?) (?:hits? me|gets? me) (?:right )?(?:in the feels|in the heart|where it hurts|hard|"
            r"every time)$"),
        (0.85, r"^(.+?) (?:has|have|holds?|owns?) (?:a special place in )?my (?:whole )?heart$"),
        (0.75, r"^i (?:will|would) (?:watch|read|play|go and see|buy) (?:absolutely |literally )?(?:anything|"
            r"everything|whatever) (?:with|by|that has|about|from|starring|involving) (.+?)(?: in it)?$"),
        (0.8, r"^(?:there is )?(?:nothing beats|you can not beat|nothing better than|"
            r"you can never go wrong with|long live|i am here for|i am all for|sign me up for) (.+)$"),
        (0.95, r"^(?:there is )?nothing (?:that )?i (?:like|love|enjoy|adore) (?:more|better) than (.+)$"),
        (0.9, r"^(?:i|we) (?:like|love|enjoy|adore) nothing (?:more|better|so much) (?:than|as) (.+)$"),
        (-0.95, r"^(?:there is )?nothing (?:that )?i (?:hate|dislike|loathe|detest) (?:more|worse) than (.+)$"),
        (-0.9, r"^nothing (?:bores|annoys|irritates|scares|puts) me (?:off )?(?:more|faster|quicker) than (.+)$"),
        (0.9, r"^(?:i|we) (?:could|can) (?:happily )?(?:watch|read|play|talk about|"
            r"listen to) (.+?) (?:all day|forever|all night|for hours|every day|on repeat|again and again|"
            r"all day long|endlessly)$"),
        (0.7, r"^i (?:would|will) (?:happily |gladly |always |absolutely )?(?:watch|read|play|devour|"
            r"try) (?:almost |nearly |literally |just about )?(?P<obj>(?:anything|any|everything) .+)$"),
        (-0.75, rf"^(?:i|we) (?:find|found) (.+?) {VERY}(?:{DULL}|hard to \w+|difficult to \w+)(?: (?:and|,|but|"
            rf"to) .*)?$"),
        (0.7, rf"^(?:i|we) (?:find|found) (.+?) {VERY}{FINE}(?: (?:and|,|but|to) .*)?$"),
        (-0.75, rf"^(?:(?:i|we) (?:think|thought|reckon) )(.+?) (?:is|are|was|were) {VERY}{DULL}$"),
        (0.7, rf"^(?:(?:i|we) (?:think|thought|reckon) )(.+?) (?:is|are|was|were) {VERY}{FINE}$"),
        (0.75, r"^(?:i|we) (?:am|are|have been|was|have) (?P<mod>(?:(?:always|strictly|mostly|mainly|purely|"
            r"primarily|really|very|not|definitely|such|more|also|never|very much|totally|much|of|a|an|"
               r"real|big|huge|massive|total|complete|proper|lifelong|serious|hardcore|bit|avid|true|keen|"
                   r"confirmed|hopeless|mad|giant|bit of|quite) )*?)"
               r"(.+?) (?:fan|lover|nut|buff|junkie|nerd|geek|addict|fanatic|enthusiast|person|people|guy|girl|"
                   r"gal|aficionado|freak|obsessive|fiend|devotee|kind of \w+|fans|lovers|gamer|reader|viewer|"
                   r"watcher|player|tragic)$"),
        (-0.8, rf"^(?:please )?(?:do not ever|never(?: ever)?|stop) {_SHOW} (?:me )?(?:any |anything |more |"
            rf"any more )*(?:with |about |featuring )?(.+?){_AGAIN}$"),
        (-0.8, rf"^(?:please )?do not {_SHOW} (?:me )?(?:any |anything |more |any more )*(?:with |"
            rf"about )?(.+?)(?: to me)? (?:again|ever again|ever|any more|in future|in the future)$"),
        (-0.75, r"^(?:no|no more|absolutely no|nothing with|zero) (.+?) (?:for me|ever|ever again|"
            r"under any circumstances)$"),
        (-0.7, r"^(.+?) (?:, |\? |: )?(?:no thanks|no thank you|no way|not for me|hard pass|yuck|never again)$"),
        (-0.85, rf"^(?:i|we) (?:get|feel|start to feel|start feeling|become|am) {VERY}{SICK} (?:at the sight of|"
            rf"when i see|from|when there is|with|by|at|seeing|watching|around|"
                rf"when i watch|during|if there is|when faced with|reading) (?:the )?(.+)$"),
        (-0.85, r"^(?:i|we) (?:always )?(?:faint|pass out|throw up|cover my eyes|hide|look away|cringe|"
            r"switch off|tune out|squirm|close my eyes|leave the room|zone out|lose interest|walk out|quit|"
            r"bail) "
                r"(?:at the sight of|when i see|when(?:ever)? there is|whenever i see|when it gets|"
                    r"when things get|as soon as there is|as soon as i see|at the first sign of|when a film gets|"
                    r"if there is|if i see|when) (?:the |any |a )?(.+)$"),
        (-0.8, rf"^if (?:there is|it has|it is|i see|{_WORK} has|{_WORK} have|{_WORK} is|it contains|"
            rf"it involves|there are|it gets) (?:any |a |too much |got |"
            rf"too )?(.+?)(?: in it)? (?:, )?(?:then )?i (?:am|will|will be) "
               rf"(?:out|gone|off|done|not watching|leaving|not interested|turning it off|switching off|"
                   rf"stopping|stop|switch off|turn it off|leave|skip it)\b.*$"),
        (0.75, rf"^if (?:there is|it has|it is|{_WORK} has|it contains|it involves|there are|it is got) (?:a |"
            rf"any |got )?(.+?)(?: in it)? (?:, )?(?:then )?i (?:am|will|will be) (?:in|sold|there|happy|"
            rf"hooked|on board|watching it)$"),
        (0.8, rf"^(?:{_WORK}|everything) (?:with|by|about|set in|featuring|involving) (.+?) (?:and |"
            rf", )?i am (?:in|sold|there|happy|hooked|on board)$"),
        (0.75, r"^(.+?) (?:all the way|for the win|ftw|forever|rocks?|rules?|is life|are life|is king|are king)$"),
        (-0.8, r"^(.+?) (?:sucks?|stinks?|can get lost|is the pits)$"),
        (0.85, rf"^{_WHAT}(?: that| which)? i {_MOD}{_LIKING}{_MOST} (?:, )?(?:is|are|it is|:) (.+)$"),
        (-0.95, rf"^{_WHAT}(?: that| which)? i {_MOD}{_HATING}{_MOST} (?:, )?(?:is|are|it is|:) (.+)$"),
        (0.75, r"^all i (?:ever )?(?:watch|read|play)(?: these days| lately| now)? (?:is|are) (.+)$"),
        (0.7, r"^(.+?) (?:is|are) (?:all|pretty much all|basically all|mostly what|what|the only thing) (?:i|"
            r"we) (?:ever )?(?:watch|read|play|love|like|go for)(?: these days| lately| now| most| best)?$"),
        (-0.6, r"^not (?:really )?(?:a )?(?:big |huge |much of a )?(.+?) (?:person|fan|lover|guy|girl)$"),
        (-0.85, r"^(?:i|we) (?:would|will|could) never(?: ever)? (?:willingly |voluntarily |choose to |"
            r"sit through )?(?:watch|read|play|touch|pick up|go near|want to see|want to watch) (.+)$"),
        (-0.8, r"^(?:i|we) will not (?:ever )?(?:watch|read|play|touch|go near) (.+)$"),
        (-0.65, r"^(?:i|we) (?:would|had) rather (?:always )?(?:avoid|skip|not watch|not see|not read|not play|"
            r"not have|stay away from|steer clear of) (?:any |too much )?(.+)$"),
        (-0.95, r"^i (?:would|had) rather (?:die|do anything|watch \w+ dry|\w+ (?:my own |a |glass|"
            r"at )[\w ]*?) than (?:watch|read|play|sit through|see) (?:another |a |an |any )?(.+)$"),
        (0.65, r"^(?:i|we) (?:would|will) (?:always )?(?:choose|take|pick) (.+?) over .+$"),
        (-0.75, r"^(?:i|we) (?:always )?(?:try to|tend to|make a point of|do my best to|prefer to) (?:avoid|"
            r"avoiding|stay away from|steer clear of|skip) (.+)$"),
        (-0.6, r"^(?:i|we) (?:could|can|would) (?:happily |gladly )?(?:live|do) without (.+)$"),
        (-0.7, r"^(?:i|we) could(?: not)? care less (?:about|for) (.+)$"),
        (-0.85, r"^i never want to (?:see|watch|read|play|hear about|look at) (?:any |another |"
            r"a )?(.+?)(?: again)?$"),
        (-0.8, r"^i do not (?:ever )?want to (?:see|watch|read|play|hear about|look at) (?:any |another |"
            r"a )?(.+?) (?:ever|again|ever again|any more)$"),
        (-0.7, r"^spare me (?:the |from |any |more |all the )?(.+)$"),
        (-0.85, r"^(?:please )?keep (.+?) (?:well |far )?away from me$"),
        (-0.7, r"^i (?:always )?give (.+?) a miss$"),
        # Parted, or brought together
        (-0.75, r"^(.+?) and (?:i|me) (?:have (?:finally |long since |now )?(?:parted (?:ways|company)|broken up|"
            r"split up|fallen out)|are (?:done|finished|through)|do not (?:really )?(?:get (?:along|on)|mix|agree|"
            r"see eye to eye))(?: any more)?(?: , .*)?$"),
        (0.8, r"^(?:you will |there (?:is|are) )(?:hardly|barely|scarcely|not|never)(?: ever)?(?: find)? (?:an? |any )?"
            r"(.+?) (?:that )?(?:i|we) (?:do|did|have|could|can|would) not (?:like|liked?|love|loved|enjoy|enjoyed|"
            r"adore|devour|finish)$"),
        (0.8, r"^(?:i|we) (?:could|can) (?:happily |gladly |easily )?live (?:on|off) (?!an? |the |my |our |that |this "
            r"|one |n_|t_)"
            r"(.+?)(?: alone)?$"),
        (0.85, r"^(?:i|we) (?:would |will )?(?:always )?drop everything (?:for|to watch|to read|to play|to see) "
            r"(?P<obj>(?!my |our |the ).+)$"),
        (0.75, r"^(?:left to (?:myself|my own devices)(?: ,)? )(?:i|we) (?:would |will |had )?(?:always |only "
            r")?(?:pick|"
            r"choose|take|go for|grab|reach for|watch|read|play) (.+?)(?: nine times out of ten|"
            r" every (?:single )?time|"
            r" over anything(?: else)?| most (?:days|evenings|nights)| without thinking)*$"),
        (0.75, r"^(?:nearly |almost )?(?:half|most|much|all|everything|a lot)(?: of)?(?: what| that| the \w+ that)? "
            r"(?:has |have )?(?:ever )?(?:stayed|stuck|lingered) with me .*?(?:is|are|was|were|turns? out to be|"
            r"turned out to be|has been|have been) (.+)$"),
        (0.6, r"^(?:what i own|what i have at home|my (?:shelves|collection|shelf|library|bookcase)) (?:is|are|"
            r"consists? "
            r"of)(?: mostly| mainly| nearly all| almost all| all| nothing but| full of)+ (.+?)(?: ,.*)?$"),
        (0.7, r"^i (?:am the one (?:\w+ ){0,4}?who )?(?:always )?keeps? (?:pushing|pressing|foisting) (.+?) (?:on|"
            r"onto) "
            r"(?:everyone|everybody|my \w+|people|anyone.*)$"),
        (0.8, r"^(?:put|count|mark) me (?:down )?as an? (?:\w+ )?(?:fan|lover|admirer|devotee) of (.+)$"),
        (0.9, r"^(?:there is )?nothing (?:\w+ )?(?:makes me (?:happier|smile more|laugh more|feel better)|gives me "
            r"more "
            r"(?:joy|pleasure|comfort)) than (.+)$"),
        (0.85, rf"^(?:no|nothing|nobody|no one)(?: other)?(?: \w+)? (?:(?:makes?|made) me (?:sit up|{GLAD})|{PLEASES} "
            rf"me) "
            rf"(?:quite )?(?:like|as much as) (.+?)(?: does| do| can)?$"),
        (-0.85, rf"^(?:no|nothing|nobody|no one)(?: other)?(?: \w+)? (?:makes? me {SICK}|{BORES} me)(?: \w+)? "
            rf"(?:quite )?(?:like|as much as) (.+?)(?: does| do| can)?$"),
        # Names for whose sake, or against whom, one does things
        (0.85, r"^if (?P<obj>(?!it\b|that\b|this\b|there\b|i\b|you\b).+?) (?:is|are) (?:involved|in it|attached|"
            r"behind it|on the poster)(?: ,)? "
            r"(?:then )?i (?:am (?:in|there|sold)\b|do not (?:even )?(?:ask|care|need to know|hesitate|think)|"
            r"will (?:watch|read|play|see) ).*$"),
        (-0.85, r"^if (?P<obj>(?!it\b|that\b|this\b|there\b|i\b|you\b).+?) (?:is|are) (?:involved|in it|attached|"
            r"behind it|on the poster)(?: ,)? "
            r"(?:then )?i (?:am (?:out|off|gone)\b|do not (?:even )?(?:bother|watch|read|play)|will not |skip |"
            r"pass\b).*$"),
        (0.85, r"^i would (?:pay|queue|walk miles|give \w+ \w+) (?:good money |anything )?to (?:hear|see|watch|read) "
            r"(?P<obj>(?!t_|it\b|that\b|this\b|the \w+$).+?)(?: (?:hum|read|recite|sing|sleep|paint|eat|peel|"
            r"do)\b.*)?$"),
        (-0.85, r"^you would have to (?:pay|drag|force|bribe|chain|tie) me (?:\w+ ){0,3}?(?:to )?(?:go near|watch|"
            r"read|play|"
            r"sit through|see|touch|look at) (.+?)(?: (?:ever )?again)?$"),
        (-0.8, r"^you will (?:not|never) (?:ever )?(?:catch|find|see) me (?:anywhere near|near|watching|reading|"
            r"playing|"
            r"with) (.+)$"),
        (0.8, r"^(?:my|our) (?:\w+ )?(?:cat|dog|son|daughter|hamster|first-born|kids|cats) (?:is|are|was|were) "
            r"(?:named|called) "
            r"after (?P<obj>(?!my |our |an? |the ).+)$"),
        # A taste of the past
        (-0.5, r"^it (?:used to be|was always|was once|was all) (.+?) (?:with|for) me(?: once| then)?$"),
        (0.75, r"^(?:count me in for|i am always (?:happy|up|ready|in the mood|game|here) for|"
            r"i never say no to|i never tire of|i have never met) (.+)$"),
    )
)  # fmt: skip
# Not now: the object of what is turned down, and whether it needs a word of time to be of today only
ASKED_NOW = tuple(
    (re.compile(re.sub(r"\((?=\.\+)", "(?P<obj>", pattern)), needs_time)
    for needs_time, pattern in (
        (
            False,
            r"^(?:(?:i|we) (?:am|are) )?(?:really |just |so )*not (?:really |exactly |"
            r"quite )*(?:in the mood|in a mood|up|ready) for (.+)$",
        ),
        (False, r"^(?:(?:i|we) )?do not (?:really |quite )?(?:feel like|fancy|feel up to) (.+)$"),
        (
            False,
            r"^(?:i|we) (?:am|are) (?:\w+ )?too (?:tired|sad|exhausted|stressed|drunk|full|sleepy|"
            r"hungover) for (.+)$",
        ),
        (
            True,
            r"^(?:no|not|nothing|no more|not another|nothing too) (?!today|tonight|now\b|this |for )(.+?)(?: please)?$",
        ),
        (
            True,
            r"^(?:(?:please|let us|let me|can we|could we|you can|could you|can you) )*(?:ignore|skip|drop|disregard|"
            r"never mind|spare me|enough|leave (?:out|aside|off)|put aside|set aside|pause|park) (.+?)(?: :.*)?$",
        ),
        (
            True,
            r"^(?:tonight|today|this time|right now|for now) (?:, )?(?:please )?(?:no|not|nothing|"
            r"nothing too) (.+)$",
        ),
        (True, r"^(?:i|we) can not (?:face|do|take|handle|bear|manage|stand) (.+)$"),
    )
)

# Facts about oneself that are no taste: what follows "I"

_N = (
    r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|"
    r"forty|forty-five|fifty|sixty|ninety|half)"
)
_TONGUE = any_of("""
    english | german | french | spanish | italian | japanese | korean | chinese | mandarin | polish | russian |
    portuguese | dutch | swedish | norwegian | danish | finnish | turkish | arabic | hindi | greek | hebrew |
    czech | hungarian | welsh | irish | latin | catalan | ukrainian | romanian
""")
_KIN = any_of(r"""
    sons? | daughters? | kids? | child | children | baby | toddlers? | twins | grandchildren | grandkids |
    grandson | granddaughter | teenagers? | [\w-]*year-olds? | wife | husband | partner | girlfriend | boyfriend |
    family | mother | father | mum | dad | grandma | grandmother | niece | nephew | boys | girls | flatmate |
    roommate | friends
""")
_DEVICE = any_of(r"""
    switch | playstation | ps ?[345] | xbox | pc | mac | macbook | steam deck | kindle | laptop | consoles? |
    television | projector | netflix | ipad | tablet | phone | vr headset | e-reader | nintendo switch |
    library card | game boy | smart television | playstation \d | gaming pc | chromebook | quest
""")
_SELF = any_of(r"""
    vegan | vegetarian | pregnant | retired | deaf | hard of hearing | half deaf | blind | partially sighted |
    short-sighted | colou?r-?blind | colou?r blind | dyslexic | epileptic | autistic | neurodivergent | diabetic |
    widowed | divorced | bilingual | sober | teetotal | claustrophobic | photosensitive | left-handed |
    an introvert | introverted | an insomniac | bedridden | housebound | religious | an atheist | muslim |
    jewish | christian | buddhist | hindu | catholic | gay | lesbian | bisexual | trans | disabled |
    new to (?:films|games|gaming|reading|this genre) | a wheelchair user
""")
_TRADE = any_of(r"""
    vegan | vegetarian | nurse | student | doctor | parent | mother | father | mum | mom | dad | grandmother |
    grandfather | cook | chef | beginner | widow | widower | pensioner | lawyer | soldier | veteran | pilot |
    teacher | farmer | painter | writer | driver | manager | historian | librarian | musician | designer |
    engineer | newcomer | night owl | light sleeper | native speaker | carpenter | baker | builder | banker |
    dancer | singer | actor | electrician | priest | \w+ reader | \w+ gamer |
    \w{3,}(?:ologist|icist|ician|grammer|itect|arian| keeper|pist|nalist|ntist|mist|worker|sman)
""")
FACTS = tuple(
    re.compile("(?:" + p + ")")
    for p in (
        rf"(?:only |just |usually |really )*(?:have|have got|got|get|have only got|have only|have just|"
            rf"have just got) (?:only |just |about |around |at most |roughly |barely |less than |"
            rf"up to )*{_N} (?:and a half )?(?:\w+ )?(?:hours?|minutes?|mins?)\b",
        r"(?:only |do not |really )*(?:have|get) (?:not |very |so |too )*(?:much|little|limited|"
            r"no) (?:free |spare |reading |gaming )*time\b(?! for)",
        r"only (?:have|get) (?:the |my )?(?:evenings?|weekends?|mornings?|commute)\b",
        rf"(?:mostly |usually |always |only |often |mainly |generally |prefer to |like to |love to |"
            rf"normally |can only |tend to )*(?:watch|read|play|listen)"
        rf"(?: films?| books?| games?| things?| everything| most things| mostly| mainly| only| always| usually)*"
        rf" (?:with (?:my|the|our) [\w-]+|together|in (?:{_TONGUE}|bed|the evenings?|short|small|"
            rf"my lunch)|on (?:my|the|a|an|trains?|planes?|{_DEVICE})|at night|at home|before (?:bed|sleep)|"
        rf"during|while|alone|aloud|by myself|late)\b",
        rf"am (?:also |now |only |nearly |almost |just |turning |over )*(?:(?:[1-9]\d|"
            rf"a?n? ?{_SELF})\b(?! for| of|%)|(?:a|an) (?:\w+ ){{0,2}}?{_TRADE}\b(?! for| of))",
        r"am (?:the |a )?(?:single )?(?:mother|father|mum|mom|dad|parent) (?:of|to)\b",
        r"(?:get|suffer from|have|struggle with|am prone to)(?: really| very| bad| terrible| severe|"
            r" mild| some| a| an| got)* (?:motion[ -]?sick(?:ness)?|car ?sick|sea ?sick|migraines?|"
        r"nightmares(?: easily)?$|anxiety|panic attacks|vertigo|epilepsy|ptsd|adhd|insomnia|dyslexia|"
            r"tinnitus|(?:very )?short attention span|poor eyesight|bad eyesight|bad eyes|arthritis|"
        r"slow reflexes|bad reflexes|depression|claustrophobia|hearing loss|chronic \w+|asthma|autism)\b",
        rf"(?:have|am raising)(?: got| only| just)? (?:{_N} |young |small |little |teenage |elderly )+{_KIN}\b",
        r"(?:have|am raising) (?:kids|children|twins|grandchildren|toddlers)\b",
        rf"(?:do not |only |just |also |now |can only )*(?:own|have|use|play on|game on|got)(?: got|"
            rf" only| just)? (?:a |an |any |my |no |the )*(?:old |new |cheap |slow |weak )*{_DEVICE}\b",
        rf"(?:do not |only |also |can |can not |am |barely )*(?:speak|understand|read|learn|learning|"
            rf"studying|fluent in)(?: only| fluent| some| a little| a bit of)? {_TONGUE}$",
        r"(?:now |currently |only |just |usually |have to )*(?:live|work|commute|study|teach)(?:s|"
            r"ing)? (?:in|on|at|from|nights|night shifts|shifts|with|alone|long|part|full|abroad|an hour|"
            r"near)\b",
        r"(?:always |really |will )*need (?:subtitles|large print|captions|closed captions|"
            r"audio description|trigger warnings)\b",
        r"(?:often |always |usually |tend to |just )*(?:fall asleep|cry|startle|get bored|"
            r"get distracted|get lost|get confused|get emotional|tear up)(?: really| very| too|"
            r" so)? (?:easily|quickly|early|at everything)\b",
        r"(?:can not|do not) (?:hear|see) (?:very |that |so |too )?(?:well|small print|small text|"
            r"colou?rs|red|green)\b",
        r"(?:am|have been) (?:recently |just |newly )?(?:grieving|recovering from|getting over|going through)\b",
        r"(?:do not|no longer|never) (?:eat|drink) (?:\w+ )?(?:meat|fish|alcohol|dairy|animal products|"
            r"gluten)\b|eat (?:fish|meat)(?: now| again)\b",
        rf"(?:recently |just )?lost my {_KIN}\b",
    )
)  # fmt: skip
# What is a taste, put as a fact
STATES: tuple[tuple[re.Pattern, tuple[str, ...], float], ...] = tuple(
    (re.compile(p), terms, value)
    for p, terms, value in (
        (r"\bsqueamish$|\bsqueamish(?! about (?!blood|gore|violence))\b|\b(?:weak|delicate|"
            r"sensitive) stomach\b|\bfaint-?hearted\b", ("gore",), -0.9),
        (r"\b(?:am|get) (?:\w+ )?easily (?:scared|frightened|spooked)\b|\b(?:scare|get scared|frighten|"
            r"spook|get spooked|get frightened) (?:\w+ )?easily\b|"
         r"\b(?:scaredy-?cat|wimp|coward|big baby)\b", ("horror",), -0.6),
        (r"\barachnophobi[ca]\b", ("spiders",), -0.8),
    )
)  # fmt: skip

# Talk, questions, requests: no statement of one's own

IRONY = re.compile(any_of(r"""
    \b(?:oh|just|yeah|yay|wow|ah|how) (?:great|joy|goody|brilliant|perfect|wonderful|
    fantastic|lovely|super|original|exciting|yay)\b.*\b(?:another| more|yet|reboot|sequel|remake)\b |
    just what (?:i|we|the world) (?:needed|wanted|always) | \byeah right\b | / s\b | 🙄 | \bas if i\b |
    \byet another\b | said no one | \bsure , because\b | \bbecause (?:obviously|clearly|of course)\b |
    \bbecause i (?:just|simply|clearly|obviously|really|so|absolutely) (?:love|adore|enjoy)\b |
    \bhow i (?:just )?(?:love|adore|enjoy)\b |
    \b(?:love|adore|enjoy) nothing more than (?:being|wasting|sitting through|another|watching paint) |
    \bwho does not (?:love|like|enjoy|adore)\b | \b(?:love|adore|enjoy|like) (?:it when|how) (?:a |the |you
    |every|they |nothing|films? |nobody|people) | \bthe highlight of my\b | \bmy life is complete\b |
    (?:love|adore|enjoy)(?:d)? (?:every (?:single )?minute|watching) .*(?:paint dry|dentist|not) | \bnot !$ |
    , do not you$ | \bslow clap\b | \bwhat a (?:surprise|treat) , another
"""))  # fmt: skip
QUESTION = re.compile(
    r"^(?:(?:and|but|so|or|well|hey|hi|ok|okay|please|also|then|,) )*(?:(?:do|does|did|is|are|was|"
    r"were|am|can|could|would|will|should|shall|may|might|have|has|had)(?: not)? "
    r"(?:i|you|we|he|she|it|they|there|that|this|the|my|your|anyone|someone|any|people|t_\d+|"
    r"n_\d+)\b|(?:what|which|who|whom|whose|how|why|where) (?!i\b|a\b)\w+|when (?:is|was|will|did|"
    r"does) )"
)
REQUEST = re.compile(
    r"^(?:(?:and|but|so|then|now|please|also|ok|okay|well|just|maybe|perhaps|yes|no|hey|hi|"
    r",) )*(?:(?:recommend|suggest|find|show|tell|pick|choose|surprise|help|get|bring|give) (?:me|"
    r"us|a|an|some|something|anything|another)|"
    r"recommend|suggest|surprise me|how about|what about|let us|let me|looking for|i (?:want|need|"
    r"wish|fancy|feel like|could use)|i am (?:looking|after|searching|seeking|in the mood)|"
    r"(?:i|we) (?:would|will) (?:like|love|prefer|enjoy|appreciate|want|fancy|kill|also like|"
    r"really like|really love)|make it|in the mood for|so what|what|which|any (?:ideas|suggestions|"
    r"tips|recommendations)|"
    r"can you|could you|would you|will you|do you|is there|are there|have you|want|try|ideally|"
    r"preferably|something (?:like|else|with|to|similar|in|for)|anything (?:like|else|similar)|"
    r"more like)\b"
)
OTHERS = re.compile(
    r"^(?:i|we) | (?:that|who|which)$|\b(?:he|she|they|them|people|everyone|everybody|someone|"
    r"somebody|nobody|says?|said|thinks?|thought|told|claims?|critics|reviews?|reviewers|apparently|"
    r"supposedly|according|"
    r"heard|hear|hates|loves|likes|wants|if|would|who|whether|imdb|tomatoes|metacritic)\b|'s$"
)
# Words of others, until the person speaks again
ATTRIBUTED = re.compile(
    r"^(?:(?:but|and|well|so|,) )*(?:according to|apparently|supposedly|allegedly|(?:they|people|"
    r"critics|some people|everyone|everybody|friends|reviewers) (?:all )?(?:say|says|think|thinks|"
    r"tell|keep|claim|love|loves|reckon)|"
    r"i (?:have )?(?:hear|heard|read)(?: that)?$|rumour has it|word is|it is said|reviews?|(?:my|a|"
    r"the|his|her|our) [\w -]{2,30} (?:say|says|said|think|thinks|thought|told|tells|reckons|claims|"
    r"swears|insists|keeps?|recommended|mentioned)\b)"
)
COURTESY = re.compile(
    rf"^(?:(?:{LEAD}|thanks|cheers|you|too|as well|for that|that|good|great|no|[,:\"'!.;?*]|"
    rf"my friend|mate|so far|though|that is all|for sure|xx?)(?: |$))*$"
)

# Verdicts on a title

RATING = re.compile(
    r"(?P<got>\d+(?:[.,]\d+)?|one|two|three|four|five|six|seven|eight|nine|"
    r"ten)(?P<half> and a half)? (?:(?:/|out of) (?P<best>\d+|five|ten)|(?:solid |full |"
    r"whole )?(?:stars?|⭐)(?: out of (?P<stars>\d+|five|ten))?)"
)
NUMBERS = dict(one=1, two=2, three=3, four=4, five=5, six=6, seven=7, eight=8, nine=9, ten=10)
# What is left of a clause with a rating, around the title
RATES_BEFORE = re.compile(
    r"(?:(?:i|we|would|have|had|give|gave|given|rate|rated|score|scored|award|a|an|an easy|solid|"
    r"easily|it is|definitely|probably|maybe|about|my rating|verdict|for|to|:|,|just|only|that is|"
    r"clear|and|me) )+"
)
RATES_AFTER = re.compile(
    r"(?: (?:a|an|is|was|gets|got|get|deserves|from|me|for|to|:|,|at|at least|about|around|maybe|"
    r"easily|probably|of|easy|solid|only|just|in|my|book|i|would|say|give|it|as))+$"
)
# "My wife loves musicals. Me too." / "… I don't."
SAME_HERE = re.compile(
    r"^(?:so do i|so am i|me too|same here|i do too|i do as well|same for me|as do i|likewise|and i|"
    r"i do|and so do i|neither do i|me neither|nor do i|nor can i|neither can i|i agree|i am too)$"
)
NOT_SO_HERE = re.compile(
    r"^(?:i do not|i am not|not me|i do not at all|not for me|i really do not|i can not|"
    r"i certainly do not|no thanks|no thank you|hard pass|yuck|not my thing|not really my thing)$"
)
HABITUAL = re.compile(
    r"\b(?:in the|every|each|a day|a night|a week|per|usually|most|before bed|weekdays|weekends|"
    r"at weekends|evenings|between|nights|at a time|only ever|never|always|on my commute)\b"
)
# What is true of a scary film is no verdict on scary films
_IN_PLACE = any_of(
    "scary | creepy | depressing | upsetting | disturbing | confusing | sad | moving | haunting |"
    " heartbreaking | funny | hilarious | magical | epic | cosy | romantic | too long | weak |"
    " flat | fine | thrilling"
)
DESCRIBES = re.compile(rf"(?:{VERY}){_IN_PLACE}\b")
# What one does often says something, and "on the train" is not what one reads
DOES, DOES_OFTEN = 0.5, 0.6
OFTEN = re.compile(r"\b(?:mostly|mainly|always|usually|only|often|generally|tend to|typically)\b")
MANNER = re.compile(r"(?:on|with|in|at|before|during|by|alone|together|to|for|when|while|late|from|as|after|until) ")
STATEMENT = re.compile(rf"^(?P<me>{ME} )?(?P<mods>(?:{MODIFIER} )*)(?P<verb>{VERB})(?: (?P<obj>.+))?$")
# "Westerns I love"
TOPIC = re.compile(
    rf"^(?P<obj>(?!{ME} |.*\b(?:is|are|was|were)\b).{{2,50}}?) (?:, )?(?P<me>{ME} "
    rf")(?P<mods>(?:{MODIFIER} )*)(?P<verb>{VERB})$"
)
TURN = re.compile(r"(?:not|never|no|nothing|anything but) (?P<obj>.+?)(?: (?:, )?but .*)?$")
LIKEWISE = re.compile(r"(?:nor|neither) (?:is|are|do i \w+|can i \w+|am i \w+(?: \w+)?) (?P<obj>.+)$")
VERDICT = re.compile(
    rf"^(?:(?P<obj>.+?) (?P<be>is|was|are|were|has been|looks|felt|feels|"
    rf"turned out(?: to be)?) )?(?P<how>(?P<not>not )?{VERY})"
    rf"(?:(?P<fine>{FINE})|(?P<dull>{DULL}))(?: .{{0,40}})?$"
)
THE = re.compile(r"(?:the|this|that|these|those|my|a|an|it|there|what|which)\b")
ANYONES = re.compile(rf"\b(?P<verb>{VERB}|loves|likes|hates|dislikes|enjoys|adores) ")
AGAINST = re.compile(r"hate|dislike|stand|loathe|detest")
REASON = re.compile(r"(?:because|as|since|when|if|even) ")
CONDITION = re.compile(r"(?:as|so) long as |provided ")
SPAN = re.compile(r"\b(?:hours?|minutes?|mins?)\b")
FOLLOWS = re.compile(r"^(?:also |do |really |still |mostly )*(?:like|enjoy|avoid|dislike) \w")
# What a clause without a verb of liking speaks of, and a pronoun after it takes up
SPOKEN_OF = re.compile(
    r"\b(?:wrong|mistaken|take (?:it|that|everything|all that) back|my mind|said|told you|harsh|unfair|keen|raved|"
    r"went on|moaned|unkind) (?:about|on) "
)
SWAP = re.compile(
    r"^(?:(?:i|we) (?:have )?(?:swapped|traded|exchanged|dropped|ditched|replaced)|out with|(?:you (?:can|"
    r"may) )?(?:replace|"
    r"swap)) (?P<old>.+?) (?:for|with|in favour of|, in with|and in with) (?P<new>.+?)(?: (?:this (?:year|summer|"
    r"winter)|"
    r"last year|now|lately|in what(?:ever)?|and never|, )\b.*)?$"
)
# Words of the catalogue that a sentence about a limit only uses to say of what
SPURIOUS = re.compile(r"books?|cinema|films?|(?:video )?games?|reading|\d{4}s")
