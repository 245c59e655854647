using Shop.Core;

return new Order(1, 1).Weight() == AcmeTesting.Thing.Do() + 1 ? 0 : 1;
