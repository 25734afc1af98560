"""How the sentence encoder of models/language is made: `make train-language`.

The only place that knows torch. Nothing of it is installed where Heard runs.
"""
