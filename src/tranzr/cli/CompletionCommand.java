package tranzr.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import tranzr.server.ConfigException;
import tranzr.server.Option;

/** Teaches a shell the commands, their options and what these take, from the tables that also drive them. */
final class CompletionCommand implements Command {

    private static final Pattern PATHS = Pattern.compile("FILE|PATH|DIRECTORY|FILE\\.\\.\\.|DIR");

    /** Several stand in one line of the help where they mean much the same. */
    private static final Pattern NAMES = Pattern.compile("--[a-z-]+");

    /** What follows a name. */
    private enum Value { NONE, WORDS, FILES, ANYTHING }

    /** One option, with the words it takes if those are few. */
    private record Flag(String name, Value value, List<String> words, String meaning) {
    }

    @Override
    public String name() {
        return "completion";
    }

    @Override
    public Group group() {
        return Group.PROGRAM;
    }

    @Override
    public String arguments() {
        return "bash|zsh";
    }

    @Override
    public String summary() {
        return "print what teaches a shell to complete commands and options";
    }

    @Override
    public List<String> firstWords() {
        return List.of("bash", "zsh");
    }

    @Override
    public List<String> examples() {
        return List.of("source <(tranzr completion bash)            # in ~/.bashrc, after: alias tranzr='java -jar /path/to/tranzr.jar'",
                "source <(tranzr completion zsh)             # in ~/.zshrc, after compinit");
    }

    @Override
    public ExitCode run(List<String> arguments, Terminal terminal) throws ConfigException {
        String shell = arguments.isEmpty() ? "" : arguments.getFirst();
        if (arguments.size() != 1 || !firstWords().contains(shell)) {
            throw new ConfigException("for which shell? bash or zsh");
        }
        terminal.out().print(shell.equals("bash") ? bash() : zsh());
        terminal.out().flush();
        return ExitCode.OK;
    }

    private static List<Flag> flags(Command command) {
        Map<String, Flag> flags = new TreeMap<>();
        for (Option option : command.options()) {
            flags.put(option.flag(), flag(option.flag(), option.value(), List.of(), option.meaning()));
        }
        command.switches().forEach((entry, meaning) -> {
            String value = entry.replaceFirst("^.*--[a-z-]+ ?", "");
            NAMES.matcher(entry).results().map(MatchResult::group)
                    .forEach(name -> flags.put(name, flag(name, value, command.choices().getOrDefault(name, List.of()), meaning)));
        });
        flags.put("--help", flag("--help", "", List.of(), "explain this command"));
        return List.copyOf(flags.values());
    }

    private static Flag flag(String name, String value, List<String> words, String meaning) {
        return new Flag(name, value.isEmpty() ? Value.NONE : !words.isEmpty() ? Value.WORDS : PATHS.matcher(value).matches() ? Value.FILES : Value.ANYTHING, words, meaning);
    }

    private static boolean takesFiles(Command command) {
        return List.of(command.arguments().split("[ |]")).stream().anyMatch(word -> PATHS.matcher(word).matches());
    }

    private static String bash() {
        StringBuilder script = new StringBuilder("""
                # bash completion for tranzr
                _tranzr() {
                    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= flags= words= valued= paths= files= i
                    local IFS=$' \\t\\n'
                    COMPREPLY=()
                    for ((i = 1; i < COMP_CWORD; i++)); do
                        case ${COMP_WORDS[i]} in
                            -*) ;;
                            *) command=${COMP_WORDS[i]}; break ;;
                        esac
                    done
                    case $command in
                """);
        List<String> names = Cli.COMMANDS.stream().map(Command::name).toList();
        List<String> choices = new ArrayList<>();
        for (Command command : Cli.COMMANDS) {
            List<Flag> flags = flags(command);
            script.append("        ").append(command.name()).append(") flags='").append(String.join(" ", flags.stream().map(Flag::name).toList())).append("' words='")
                    .append(String.join(" ", command.firstWords())).append("' valued=' ").append(named(flags, Value.ANYTHING)).append(" ' paths=' ").append(named(flags, Value.FILES))
                    .append(" ' files=").append(takesFiles(command) ? "yes" : "no").append(" ;;\n");
            flags.stream().filter(flag -> flag.value() == Value.WORDS).forEach(flag -> choices.add("        '" + command.name() + " " + flag.name() + "') COMPREPLY=($(compgen -W '"
                    + String.join(" ", flag.words()) + "' -- \"$cur\")); return ;;\n"));
        }
        script.append("        *) flags='--help --version' words='").append(String.join(" ", names)).append("' valued=' ' paths=' ' files=no ;;\n    esac\n    case \"$command $prev\" in\n");
        choices.forEach(script::append);
        return script.append("""
                    esac
                    if [[ $valued == *" $prev "* ]]; then
                        return
                    fi
                    if [[ $paths == *" $prev "* ]] || [[ $files == yes && $cur != -* ]]; then
                        compopt -o filenames 2>/dev/null
                        IFS=$'\\n'
                        COMPREPLY=($(compgen -f -- "$cur"))
                        return
                    fi
                    if [[ $cur == -* ]]; then
                        COMPREPLY=($(compgen -W "$flags" -- "$cur"))
                    elif [[ -z $command || $prev == "$command" ]]; then
                        COMPREPLY=($(compgen -W "$words" -- "$cur"))
                    fi
                }
                complete -F _tranzr tranzr
                """).toString();
    }

    private static String named(List<Flag> flags, Value value) {
        return String.join(" ", flags.stream().filter(flag -> flag.value() == value).map(Flag::name).toList());
    }

    private static String zsh() {
        StringBuilder script = new StringBuilder("#compdef tranzr\n_tranzr() {\n    local -a commands\n    commands=(\n");
        Cli.COMMANDS.forEach(command -> script.append("        '").append(command.name()).append(':').append(plain(command.summary())).append("'\n"));
        script.append("""
                    )
                    if (( CURRENT == 2 )); then
                        _describe -t commands command commands
                        return
                    fi
                    local command=$words[2]
                    shift words
                    (( CURRENT-- ))
                    case $command in
                """);
        for (Command command : Cli.COMMANDS) {
            script.append("        ").append(command.name()).append(")\n            _arguments -s");
            for (Flag flag : flags(command)) {
                script.append(" \\\n                '").append(flag.name()).append(flag.value() == Value.NONE ? "" : "=").append('[').append(plain(flag.meaning())).append(']')
                        .append(switch (flag.value()) {
                            case NONE -> "";
                            case WORDS -> ":word:(" + String.join(" ", flag.words()) + ")";
                            case FILES -> ":file:_files";
                            case ANYTHING -> ":value: ";
                        }).append('\'');
            }
            if (takesFiles(command)) {
                script.append(" \\\n                '*:file:_files'");
            } else if (!command.firstWords().isEmpty()) {
                script.append(" \\\n                '1:word:(").append(String.join(" ", command.firstWords())).append(")'");
            }
            script.append("\n            ;;\n");
        }
        return script.append("""
                    esac
                }
                if [[ $funcstack[1] == _tranzr ]]; then
                    _tranzr "$@"
                else
                    compdef _tranzr tranzr
                fi
                """).toString();
    }

    /** Without what means something to zsh within single quotes and these tables. */
    private static String plain(String text) {
        return text.replace("'", "").replace(':', ',').replace('[', '(').replace(']', ')').replace("\\", "");
    }
}
