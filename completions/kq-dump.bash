# bash completion for kq-dump; made by kq-dump -C bash
_kq_dump() {
    local cur prev eq=
    cur=${COMP_WORDS[COMP_CWORD]}
    prev=${COMP_WORDS[COMP_CWORD - 1]}
    # The shell makes three words of an option with an attached value.
    if [[ $cur == = ]]; then
        eq=1 cur=
    elif [[ $prev == = ]]; then
        eq=1 prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case $prev in
        -I | --input)
            mapfile -t COMPREPLY < <(compgen -W 'auto pcap ipc tplog payload hex wire' -- "$cur")
            return
            ;;
        -i | --interface)
            :
            return
            ;;
        --bpf)
            :
            return
            ;;
        -p | --port)
            :
            return
            ;;
        --gap)
            mapfile -t COMPREPLY < <(compgen -W 'resync stop report' -- "$cur")
            return
            ;;
        --max-memory)
            :
            return
            ;;
        --host)
            :
            return
            ;;
        --stream)
            :
            return
            ;;
        --kind)
            :
            return
            ;;
        --fn)
            :
            return
            ;;
        --table)
            :
            return
            ;;
        --min-size)
            :
            return
            ;;
        --slow)
            :
            return
            ;;
        --skip)
            :
            return
            ;;
        --from)
            mapfile -t COMPREPLY < <(compgen -W 'TIME #N' -- "$cur")
            return
            ;;
        --to)
            mapfile -t COMPREPLY < <(compgen -W 'TIME #N' -- "$cur")
            return
            ;;
        --fields)
            :
            return
            ;;
        --width)
            :
            return
            ;;
        --pair)
            mapfile -t COMPREPLY < <(compgen -W 'yes no' -- "$cur")
            return
            ;;
        --repair)
            :
            return
            ;;
        --by)
            mapfile -t COMPREPLY < <(compgen -W 'fn conn user table query' -- "$cur")
            return
            ;;
        --split)
            mapfile -t COMPREPLY < <(compgen -W 'table conn fn' -- "$cur")
            return
            ;;
        --report)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        --progress)
            mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur")
            return
            ;;
        -F | --format)
            mapfile -t COMPREPLY < <(compgen -W 'text json jsonl csv tsv q hex tree ipc payload tplog none' -- "$cur")
            return
            ;;
        -j | --json)
            mapfile -t COMPREPLY < <(compgen -W 'rows columns typed' -- "$cur")
            [[ $eq ]] && return
            ;;
        --int64)
            mapfile -t COMPREPLY < <(compgen -W 'number string' -- "$cur")
            return
            ;;
        --null)
            :
            [[ $eq ]] && return
            ;;
        --max-items)
            :
            return
            ;;
        --depth)
            :
            return
            ;;
        --precision)
            :
            return
            ;;
        -o | --output)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        -w | --write)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        -c | --count)
            :
            return
            ;;
        -m | --match)
            :
            return
            ;;
        -s | --stats)
            mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$cur")
            [[ $eq ]] && return
            ;;
        --time-format)
            mapfile -t COMPREPLY < <(compgen -W 'iso epoch rel delta q' -- "$cur")
            return
            ;;
        --max-size)
            :
            return
            ;;
        --color)
            mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur")
            return
            ;;
        -C | --completions)
            mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- "$cur")
            return
            ;;
        -V | --version)
            mapfile -t COMPREPLY < <(compgen -W 'long short' -- "$cur")
            [[ $eq ]] && return
            ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '--input --interface --bpf --port --follow --gap --max-memory --relaxed --strict
            --host --stream --kind --fn --table --min-size --slow --errors --skip --from
            --to --tree --fields --width --pair --show-secrets --check --repair --by
            --split --report --progress --format --json --int64 --null --max-items --depth
            --precision --output --write --null-data --count --match --stats --hex
            --time-format --max-size --line-buffered --verbose --quiet --color
            --debug-config --completions --version --help' -- "$cur")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    fi
}
complete -o default -F _kq_dump kq-dump
