"""``{{ school.telephone|dialled }}``: a telephone number as people read it."""

from django import template

from kring.schools.telephones import readable

register = template.Library()
register.filter("dialled", readable)
