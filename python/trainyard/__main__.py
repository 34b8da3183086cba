"""``python -m trainyard train.py [args]`` runs a script in which ``mlflow`` is trainyard; else the command line."""

import sys


def main():
    """Run a script, or a command of the command line."""
    arguments = sys.argv[1:]
    if arguments and (arguments[0].endswith((".py", ".pyw")) or arguments[0] == "-m"):
        from trainyard import script

        return script.run(arguments)
    from trainyard import cli

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
