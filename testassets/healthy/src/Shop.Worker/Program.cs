using Shop.Core;
using Shop.Storage;

var store = new OrderStore();
store.Add(new Order(AcmeLogging.Thing.Do(), 9.95m));
Console.WriteLine(store.Checksum());
