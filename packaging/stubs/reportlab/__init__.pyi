from reportlab import rl_config as rl_config
