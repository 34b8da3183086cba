//! Names for runs and models that were given none.

const ADJECTIVES: [&str; 48] = [
    "agile", "amber", "ample", "azure", "brisk", "broad", "calm", "candid", "clear", "copper", "coral", "crisp",
    "dapper", "eager", "early", "fleet", "fresh", "gentle", "golden", "grand", "hardy", "hidden", "humble", "ivory",
    "jolly", "keen", "level", "light", "lively", "lucid", "mellow", "merry", "misty", "noble", "patient", "plain",
    "polite", "proud", "quick", "quiet", "rapid", "silver", "smooth", "steady", "sunny", "tidy", "vivid", "warm",
];

/// Things that run on rails, or stand beside them.
const NOUNS: [&str; 48] = [
    "arch",
    "bogie",
    "boxcar",
    "brake",
    "bridge",
    "buffer",
    "bumper",
    "caboose",
    "carriage",
    "coach",
    "coupler",
    "crossing",
    "depot",
    "diesel",
    "engine",
    "express",
    "ferry",
    "flatcar",
    "freight",
    "funicular",
    "gauge",
    "hopper",
    "junction",
    "lantern",
    "local",
    "locomotive",
    "loop",
    "mainline",
    "monorail",
    "piston",
    "platform",
    "rail",
    "railcar",
    "roundhouse",
    "shunter",
    "siding",
    "signal",
    "sleeper",
    "station",
    "switch",
    "tender",
    "timetable",
    "track",
    "tram",
    "trolley",
    "tunnel",
    "viaduct",
    "wagon",
];

/// Two words and a number, such as `quiet-tender-417`.
pub(super) fn made_up(random: u128) -> String {
    let mut rest = random;
    let mut draw = |below: usize| {
        let drawn = (rest % below as u128) as usize;
        rest /= below as u128;
        drawn
    };
    let number = draw(1000);
    format!("{}-{}-{number}", ADJECTIVES[draw(ADJECTIVES.len())], NOUNS[draw(NOUNS.len())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_two_words_and_a_number() {
        assert_eq!(made_up(0), "agile-arch-0");
        assert_eq!(made_up(999 + 1000 * 47), "warm-arch-999");
    }
}
